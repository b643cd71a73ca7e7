package io.tideline.sync.unread;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.unread.UnreadRange;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Counts what is unread by reading every entry after the mark, without trusting counts in heads and marks, or records of
 * discounts: which messages were taken back is found from the events themselves.
 */
final class Recounter {
    private final SyncPorts ports;
    private final UnreadCounts counts;

    Recounter(SyncPorts ports, UnreadCounts counts) {
        this.ports = ports;
        this.counts = counts;
    }

    CompletableFuture<Long> recount(AppId app, Listing.Listed one, Deadline deadline) {
        if (!one.membership().isActive()) {
            return CompletableFuture.completedFuture(0L);
        }
        UnreadRange range = UnreadRange.of(one.head(), one.membership());
        UnreadRange personal = UnreadRange.ofPersonal(one.personalHead(), true);
        TimelineId personalTimeline =
                one.id().personalTimeline(app, one.membership().user());
        return counts.hidden(app, one.id(), one.membership().user(), range, deadline)
                .thenCompose(hidden ->
                        count(one.id().timeline(app), range, one.head().head().counted(), hidden, deadline))
                .thenCombine(
                        count(
                                personalTimeline,
                                personal,
                                one.personalHead().head().counted(),
                                Set.of(),
                                deadline),
                        Long::sum);
    }

    private CompletableFuture<Long> count(
            TimelineId timeline, UnreadRange range, long headCounted, Set<SequenceId> hidden, Deadline deadline) {
        if (!range.through().isAfter(range.after())) {
            return CompletableFuture.completedFuture(0L);
        }
        RecountWalk walk = new RecountWalk(range, headCounted, hidden);
        return Flow.repeat(() -> ports.store()
                        .read(
                                ReadQuery.forward(timeline, walk.next(), walk.pageSize())
                                        .withFloor(range.through()),
                                deadline)
                        .thenApply(walk::take))
                .thenApply(done -> walk.unread());
    }
}
