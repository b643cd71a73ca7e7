package io.tideline.hbase.store;

import io.tideline.core.error.OverloadedException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of all appends that wait or are on their way, so that a slow HBase cannot fill the memory. */
final class AppendBudget {
    private final long maxBytes;
    private final AtomicLong used = new AtomicLong();

    AppendBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @throws OverloadedException when too much waits already */
    void acquire(int bytes) {
        if (used.addAndGet(bytes) > maxBytes) {
            used.addAndGet(-bytes);
            throw new OverloadedException(
                    "too many appends wait for HBase", Map.of("maxBytes", Long.toString(maxBytes)), null);
        }
    }

    void release(int bytes) {
        used.addAndGet(-bytes);
    }

    long usedBytes() {
        return used.get();
    }
}
