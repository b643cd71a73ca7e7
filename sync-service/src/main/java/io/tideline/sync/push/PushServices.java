package io.tideline.sync.push;

import io.tideline.sync.device.RecentSource;
import io.tideline.sync.device.SyncService;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What sessions share. */
record PushServices(
        SyncService sync,
        RecentSource recent,
        PushConfig config,
        PushMetrics metrics,
        Executor executor,
        ScheduledExecutorService timer,
        Consumer<PushSession> onEnd) {
    // The future of a wake-up is of no use: there is nothing to cancel, and a stopped timer wakes nobody.
    @SuppressWarnings("FutureReturnValueIgnored")
    void later(Runnable action, Duration pause) {
        try {
            timer.schedule(action, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            // The process ends, and with it the session.
        }
    }

    void ended(PushSession session) {
        onEnd.accept(session);
    }
}
