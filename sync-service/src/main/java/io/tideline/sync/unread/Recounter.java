package io.tideline.sync.unread;

import io.tideline.core.message.ConversationEvent;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.unread.UnreadRange;
import io.tideline.hbase.codec.EventCodec;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import java.util.HashSet;
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
                .thenCompose(hidden -> count(one.id().timeline(app), range, hidden, deadline))
                .thenCombine(count(personalTimeline, personal, Set.of(), deadline), Long::sum);
    }

    private CompletableFuture<Long> count(
            TimelineId timeline, UnreadRange range, Set<SequenceId> hidden, Deadline deadline) {
        if (!range.through().isAfter(range.after())) {
            return CompletableFuture.completedFuture(0L);
        }
        Set<SequenceId> counting = new HashSet<>();
        Set<SequenceId> takenBack = new HashSet<>(hidden);
        // One earlier, so that it is known whether the first one counts.
        long[] next = {Math.max(1, range.after().value())};
        long[] before = {0};
        return Flow.repeat(() -> ports.store()
                        .read(
                                ReadQuery.forward(timeline, next[0], ReadQuery.MAX_ENTRIES)
                                        .withFloor(range.through()),
                                deadline)
                        .thenApply(page -> {
                            for (Entry entry : page.entries()) {
                                if (range.contains(entry.seq()) && entry.counted() > before[0]) {
                                    counting.add(entry.seq());
                                }
                                before[0] = entry.counted();
                                target(entry, takenBack);
                            }
                            boolean more = page.next().value() > next[0];
                            next[0] = page.next().value();
                            return more && next[0] <= range.through().value();
                        }))
                .thenApply(done -> {
                    counting.removeAll(takenBack);
                    return (long) counting.size();
                });
    }

    private static void target(Entry entry, Set<SequenceId> takenBack) {
        EventCodec.decode(entry.kind(), entry.payload()).ifPresent(event -> {
            if (event instanceof ConversationEvent.Recalled recalled) {
                takenBack.add(recalled.target());
            } else if (event instanceof ConversationEvent.Deleted deleted) {
                takenBack.add(deleted.target());
            }
        });
    }
}
