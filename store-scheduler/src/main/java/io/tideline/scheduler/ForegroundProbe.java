package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Measures what users wait for: reads of the last entry of a timeline, one at a time, some a second. What fails is no
 * measurement.
 */
final class ForegroundProbe {
    private static final int GAP_MILLIS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Executor LATER = CompletableFuture.delayedExecutor(GAP_MILLIS, TimeUnit.MILLISECONDS);

    private final TimelineStore store;

    ForegroundProbe(TimelineStore store) {
        this.store = store;
    }

    /** One read now; completes when it has been told to {@code sample}, or has failed. */
    CompletableFuture<Void> once(TimelineId timeline, LongConsumer sample) {
        long start = System.nanoTime();
        return store.read(ReadQuery.latest(timeline, 1), Deadline.after(LIMIT)).handle((page, failure) -> {
            if (failure == null) {
                sample.accept(System.nanoTime() - start);
            }
            return null;
        });
    }

    /** Read after read, from now until the answer is called. */
    Runnable repeatedly(TimelineId timeline, LongConsumer sample) {
        AtomicBoolean ended = new AtomicBoolean();
        next(timeline, sample, ended);
        return () -> ended.set(true);
    }

    private void next(TimelineId timeline, LongConsumer sample, AtomicBoolean ended) {
        LATER.execute(() -> {
            if (!ended.get()) {
                var unused = once(timeline, sample).thenRun(() -> next(timeline, sample, ended));
            }
        });
    }
}
