package io.tideline.store.history;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Repetition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the seqs of message ids. Ids are out of the order of seqs by less than {@link MessageIdTime#DISORDER}: halving
 * finds the first entry that is not earlier by that much, and from there on the id is looked for.
 */
final class MessageIdSearch {
    /** Of one id: at 40 messages a second, both sides of the disorder. */
    static final int MAX_SCANNED = 10_000;

    private final TimelineStore store;
    private final EntrySearch search;

    MessageIdSearch(TimelineStore store, EntrySearch search) {
        this.store = store;
        this.search = search;
    }

    /** Where the ids are. */
    record Located(List<SequenceId> seqs, List<MessageId> unknown) {}

    CompletableFuture<Located> find(TimelineId timeline, VisibleSpan span, List<MessageId> ids, Deadline deadline) {
        Located located = new Located(new ArrayList<>(), new ArrayList<>());
        Iterator<MessageId> left = ids.stream().distinct().iterator();
        return Repetition.whileMore(() -> {
                    if (!left.hasNext()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    MessageId id = left.next();
                    return find(timeline, span, id, deadline).thenApply(seq -> {
                        seq.ifPresentOrElse(
                                located.seqs()::add, () -> located.unknown().add(id));
                        return true;
                    });
                })
                .thenApply(done -> located);
    }

    private CompletableFuture<Optional<SequenceId>> find(
            TimelineId timeline, VisibleSpan span, MessageId id, Deadline deadline) {
        if (id.isNone()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long earliest = MessageIdTime.earlier(id);
        return search.first(
                        timeline,
                        span.first(),
                        span.last(),
                        entry -> entry.messageId().value() >= earliest,
                        deadline)
                .thenCompose(begin -> begin.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : scan(timeline, span, begin.get().seq(), id, deadline));
    }

    private CompletableFuture<Optional<SequenceId>> scan(
            TimelineId timeline, VisibleSpan span, SequenceId from, MessageId id, Deadline deadline) {
        Scan scan = new Scan(id, from.value());
        long end = Math.min(span.last().value(), from.value() + MAX_SCANNED - 1);
        return Repetition.whileMore(() -> {
                    if (scan.found.isPresent() || scan.next > end) {
                        return CompletableFuture.completedFuture(false);
                    }
                    ReadQuery query = new ReadQuery(
                            timeline,
                            SequenceId.of(scan.next),
                            SequenceId.of(end),
                            Direction.FORWARD,
                            ReadQuery.MAX_ENTRIES,
                            ReadQuery.DEFAULT_MAX_BYTES,
                            SequenceId.NONE);
                    return store.read(query, deadline).thenApply(scan::take);
                })
                .thenApply(done -> scan.found);
    }

    /** One look along the entries. Steps follow each other, so the fields need no lock. */
    private static final class Scan {
        private final MessageId id;
        private final long latest;
        private long next;
        private Optional<SequenceId> found = Optional.empty();

        Scan(MessageId id, long from) {
            this.id = id;
            this.latest = MessageIdTime.later(id);
            this.next = from;
        }

        boolean take(TimelinePage page) {
            next = page.next().value();
            for (Entry entry : page.entries()) {
                if (entry.messageId().equals(id)) {
                    found = Optional.of(entry.seq());
                    return false;
                }
                if (entry.messageId().value() > latest) {
                    return false;
                }
            }
            return page.stop() == TimelinePage.StopReason.PAGE_FULL;
        }
    }
}
