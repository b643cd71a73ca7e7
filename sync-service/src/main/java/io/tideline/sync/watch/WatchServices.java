package io.tideline.sync.watch;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What all watches of a hub share. The executor refuses tasks only once it is shut down, when the process is about to
 * end; what would have run then is dropped, and {@link WatchHub#close()} ends watches without it.
 */
record WatchServices(WatchReads reads, WatchConfig config, ScheduledExecutorService executor, WatchMetrics metrics) {
    void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // See above.
        }
    }

    /** Runs {@code task} on the executor after {@code delay}, unless what this returns runs before. */
    Runnable schedule(Runnable task, Duration delay) {
        try {
            ScheduledFuture<?> scheduled = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
        }
    }
}
