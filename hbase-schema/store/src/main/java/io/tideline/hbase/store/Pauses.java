package io.tideline.hbase.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits without a thread. */
final class Pauses {
    private final ScheduledExecutorService timer;

    Pauses(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** Completes on the timer's thread. */
    CompletableFuture<Void> ofMillis(long millis) {
        Executor later = task -> {
            var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        };
        return CompletableFuture.runAsync(() -> {}, later);
    }
}
