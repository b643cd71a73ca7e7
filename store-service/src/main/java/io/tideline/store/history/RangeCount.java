package io.tideline.store.history;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.concurrent.CompletableFuture;

/** Counts a range by the running counts at its two ends. */
final class RangeCount {
    private final EntrySearch search;
    private final TimelineId timeline;
    private final Deadline deadline;

    RangeCount(EntrySearch search, TimelineId timeline, Deadline deadline) {
        this.search = search;
        this.timeline = timeline;
        this.deadline = deadline;
    }

    /** @param exact whether it is that of the very seq */
    private record Running(long counted, boolean exact) {}

    CompletableFuture<MessageCount> count(VisibleSpan span) {
        if (span.isEmpty()) {
            return CompletableFuture.completedFuture(MessageCount.EMPTY);
        }
        CompletableFuture<Running> end = span.counted() >= 0
                ? CompletableFuture.completedFuture(new Running(span.counted(), true))
                : running(span.last());
        return running(span.first().plus(-1))
                .thenCombine(
                        end,
                        (begun, ended) -> new MessageCount(
                                span.first(),
                                span.last(),
                                span.last().value() - span.first().value() + 1,
                                Math.max(0, ended.counted() - begun.counted()),
                                begun.exact() && ended.exact()));
    }

    /** The count at a seq, or at the last readable one before it. */
    private CompletableFuture<Running> running(SequenceId seq) {
        if (seq.isNone()) {
            return CompletableFuture.completedFuture(new Running(0, true));
        }
        return search.countedAt(timeline, seq, deadline)
                .thenCompose(counted -> counted.isPresent()
                        ? CompletableFuture.completedFuture(new Running(counted.getAsLong(), true))
                        : search.at(timeline, seq, SequenceId.NONE, Direction.BACKWARD, deadline)
                                .thenApply(entry ->
                                        new Running(entry.map(Entry::counted).orElse(0L), false)));
    }
}
