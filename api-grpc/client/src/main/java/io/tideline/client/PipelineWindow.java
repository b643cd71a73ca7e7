package io.tideline.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much of a stream is unacknowledged: ready below the window, full at twice of it, in entries and in bytes.
 *
 * <p>For maintainers: counts are atomic, and the lock is only taken when somebody waits. A waiter registers before it
 * looks, and a release looks for waiters after it has counted, so one of the two sees the other.
 */
final class PipelineWindow {
    private static final long WINDOW_BYTES = 16L << 20;

    private final int window;
    private final AtomicInteger entries = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger waiters = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean over;

    PipelineWindow(int window) {
        if (window < 1) {
            throw new IllegalArgumentException("window: " + window + " (expected: 1 or more)");
        }
        this.window = window;
    }

    boolean isReady() {
        return entries.get() < window && bytes.get() < WINDOW_BYTES;
    }

    boolean tryEnter(int entryBytes) {
        if (entries.incrementAndGet() > 2L * window) {
            entries.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(entryBytes) > 2 * WINDOW_BYTES) {
            leave(entryBytes);
            return false;
        }
        return true;
    }

    void leave(int entryBytes) {
        bytes.addAndGet(-entryBytes);
        entries.decrementAndGet();
        if (waiters.get() > 0 && isReady()) {
            wakeAll();
        }
    }

    /** Nobody waits any longer. */
    void end() {
        over = true;
        wakeAll();
    }

    void awaitReady() throws InterruptedException {
        lock.lockInterruptibly();
        waiters.incrementAndGet();
        try {
            while (!over && !isReady()) {
                changed.await();
            }
        } finally {
            waiters.decrementAndGet();
            lock.unlock();
        }
    }

    private void wakeAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
