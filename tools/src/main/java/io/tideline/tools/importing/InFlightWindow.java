package io.tideline.tools.importing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what has been read from the file and is not acknowledged yet, in entries and in bytes, and keeps the first
 * failure. One thread enters; any thread leaves.
 *
 * <p>All fields are guarded by {@code lock}; nothing foreign is called under it.
 */
final class InFlightWindow {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int maxEntries;
    private final long maxBytes;
    private int entries;
    private long bytes;
    private @Nullable RuntimeException failure;

    InFlightWindow(int maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /**
     * Waits until there is room, or the window is empty, and takes it.
     *
     * @throws TimeoutException when nothing has left for {@code patience}
     * @throws RuntimeException the first failure
     */
    void enter(long size, Duration patience) throws InterruptedException, TimeoutException {
        lock.lockInterruptibly();
        try {
            throwFailure();
            while (entries > 0 && (entries >= maxEntries || bytes + size > maxBytes)) {
                awaitChange(patience);
            }
            entries++;
            bytes += size;
        } finally {
            lock.unlock();
        }
    }

    void leave(int count, long size) {
        lock.lock();
        try {
            entries -= count;
            bytes -= size;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on entering and waiting throws {@code thrown}, unless something else had failed before. */
    void fail(RuntimeException thrown) {
        lock.lock();
        try {
            if (failure == null) {
                failure = thrown;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything has left. @throws TimeoutException when nothing has left for {@code patience} */
    void awaitEmpty(Duration patience) throws InterruptedException, TimeoutException {
        lock.lockInterruptibly();
        try {
            throwFailure();
            while (entries > 0) {
                awaitChange(patience);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // The callers loop; each change begins a new wait, as patience is per change.
    private void awaitChange(Duration patience) throws InterruptedException, TimeoutException {
        if (!changed.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("nothing was acknowledged for " + patience.toSeconds() + " s");
        }
        throwFailure();
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }
}
