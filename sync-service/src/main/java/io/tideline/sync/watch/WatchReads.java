package io.tideline.sync.watch;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages for watches. Watches of one timeline that miss the same range at the same time, as all do after an append
 * through another process, share one read.
 *
 * <p>Only reads with an end are shared. Their floor is at or behind that end, so the answer is the same whenever the
 * read began; an open-ended read must have begun after its watch was registered, or an append could fall between.
 */
final class WatchReads {
    private record Range(TimelineId timeline, SequenceId from, SequenceId to) {}

    private final TimelineStore store;
    private final Duration requestTimeout;
    private final WatchMetrics metrics;
    private final ConcurrentHashMap<Range, CompletableFuture<TimelinePage>> inFlight = new ConcurrentHashMap<>();

    WatchReads(TimelineStore store, Duration requestTimeout, WatchMetrics metrics) {
        this.store = store;
        this.requestTimeout = requestTimeout;
        this.metrics = metrics;
    }

    /** Completes on a thread of the store. */
    CompletableFuture<TimelinePage> read(ReadQuery query) {
        return query.to().isNone() ? ask(query) : share(query);
    }

    private CompletableFuture<TimelinePage> share(ReadQuery query) {
        Range range = new Range(query.timeline(), query.from(), query.to());
        CompletableFuture<TimelinePage> shared = new CompletableFuture<>();
        @Nullable CompletableFuture<TimelinePage> earlier = inFlight.putIfAbsent(range, shared);
        if (earlier != null) {
            return earlier;
        }
        Futures.listen(ask(query), (page, failure) -> {
            inFlight.remove(range, shared);
            if (page != null) {
                shared.complete(page);
            } else {
                shared.completeExceptionally(
                        failure != null ? failure : new IllegalStateException("the store answered a read with null"));
            }
        });
        return shared;
    }

    private CompletableFuture<TimelinePage> ask(ReadQuery query) {
        metrics.reads().mark();
        return Futures.call(() -> store.read(query, Deadline.after(requestTimeout)));
    }
}
