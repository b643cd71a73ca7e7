package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.unread.UnreadRange;
import io.tideline.sync.SyncPorts;
import io.tideline.sync.internal.Flow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Counts what is unread from heads and marks that were read together. Records are looked for only where something is
 * unread that may have been taken back or hidden, so that most conversations cost nothing here.
 */
public final class UnreadCounts {
    private static final int READS_IN_FLIGHT = 8;

    private final SyncPorts ports;

    /**
     * What a user has not read of a conversation.
     *
     * @param shared messages for all
     * @param personal those for him alone
     */
    public record Count(long shared, long personal) {
        public long total() {
            return shared + personal;
        }
    }

    public UnreadCounts(SyncPorts ports) {
        this.ports = ports;
    }

    /** How many the user has not read: the conversation's and his personal ones. */
    public CompletableFuture<Count> count(
            AppId app,
            ConversationId conversation,
            Membership membership,
            MarkedHead head,
            MarkedHead personalHead,
            Deadline deadline) {
        UnreadRange range = UnreadRange.of(head, membership);
        UnreadRange personal = UnreadRange.ofPersonal(personalHead, membership.isActive());
        // What he has hidden, his personal timeline tells of.
        boolean mayBeHidden = range.counted() > 0 && !personalHead.head().last().isNone();
        if (!range.mayHoldDiscounts() && !personal.mayHoldDiscounts() && !mayBeHidden) {
            return CompletableFuture.completedFuture(new Count(range.counted(), personal.counted()));
        }
        TimelineId timeline = conversation.timeline(app);
        TimelineId personalTimeline = conversation.personalTimeline(app, membership.user());
        CompletableFuture<Set<SequenceId>> hidden = mayBeHidden
                ? hidden(app, conversation, membership.user(), range, deadline)
                : CompletableFuture.completedFuture(Set.of());
        return discounts(timeline, range, deadline)
                .thenCombine(hidden, UnreadCounts::union)
                .thenCombine(
                        discounts(personalTimeline, personal, deadline),
                        (taken, personalTaken) -> new Count(range.less(taken), personal.less(personalTaken)));
    }

    private static Set<SequenceId> union(Set<SequenceId> a, Set<SequenceId> b) {
        Set<SequenceId> both = new HashSet<>(a);
        both.addAll(b);
        return both;
    }

    private CompletableFuture<Set<SequenceId>> discounts(TimelineId timeline, UnreadRange range, Deadline deadline) {
        if (!range.mayHoldDiscounts()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        RecordScan scan = RecordScan.all(timeline, RecordScan.MAX_ROWS, RecordKind.DISCOUNT)
                .withNumbers(range.after().value() + 1, range.through().value());
        return Flow.all(ports.records(), scan, deadline).thenApply(found -> {
            Set<SequenceId> seqs = new HashSet<>();
            found.forEach(record -> seqs.add(SequenceId.of(record.key().number(0))));
            return seqs;
        });
    }

    /** What the user has deleted for himself in the range, as far as it counts. */
    CompletableFuture<Set<SequenceId>> hidden(
            AppId app, ConversationId conversation, UserId user, UnreadRange range, Deadline deadline) {
        if (!range.through().isAfter(range.after())) {
            return CompletableFuture.completedFuture(Set.of());
        }
        RecordScan scan = RecordScan.all(user.inbox(app), RecordScan.MAX_ROWS, RecordKind.HIDDEN)
                .withPrefix(KeyPart.of(conversation.value()))
                .withNumbers(range.after().value() + 1, range.through().value());
        Set<SequenceId> counting = new HashSet<>();
        return Flow.all(ports.records(), scan, deadline)
                .thenCompose(found -> Flow.forEach(
                        found, READS_IN_FLIGHT, record -> counts(conversation.timeline(app), seq(record), deadline)
                                .thenAccept(counts -> {
                                    if (counts) {
                                        synchronized (counting) {
                                            counting.add(seq(record));
                                        }
                                    }
                                })))
                .thenApply(done -> counting);
    }

    private static SequenceId seq(TimelineRecord hidden) {
        return SequenceId.of(hidden.key().number(1));
    }

    /** Whether the entry at {@code seq} counts: whether it has a greater running count than the one before it. */
    private CompletableFuture<Boolean> counts(TimelineId timeline, SequenceId seq, Deadline deadline) {
        long from = Math.max(1, seq.value() - 1);
        return ports.store()
                .read(ReadQuery.forward(timeline, from, 2).withFloor(seq), deadline)
                .thenCompose(page -> {
                    List<Entry> entries = page.entries();
                    if (!page.gaps().isEmpty()) {
                        return countedAt(timeline, seq, deadline)
                                .thenCombine(countedAt(timeline, seq.plus(-1), deadline), UnreadCounts::rises);
                    }
                    boolean counts = seq.value() == 1
                            ? !entries.isEmpty() && entries.get(0).counted() == 1
                            : entries.size() == 2
                                    && entries.get(1).counted() > entries.get(0).counted();
                    return CompletableFuture.completedFuture(counts);
                });
    }

    /** Where nobody knows: almost everything that users hide counts. */
    private static boolean rises(long counted, long before) {
        return counted == Gap.UNKNOWN || before == Gap.UNKNOWN || counted > before;
    }

    /** The running count at one seq, erased or not; {@link Gap#UNKNOWN} when it has expired and is not the last that has. */
    private CompletableFuture<Long> countedAt(TimelineId timeline, SequenceId seq, Deadline deadline) {
        if (seq.isNone()) {
            return CompletableFuture.completedFuture(0L);
        }
        ReadQuery query =
                new ReadQuery(timeline, seq, seq, Direction.FORWARD, 1, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
        return ports.store()
                .read(query, deadline)
                .thenApply(page -> page.entries().isEmpty()
                        ? page.gaps().stream()
                                .mapToLong(Gap::counted)
                                .findFirst()
                                .orElse(Gap.UNKNOWN)
                        : page.entries().get(0).counted());
    }
}
