package io.tideline.core.unread;

import io.tideline.core.conversation.Membership;
import io.tideline.core.record.MarkedHead;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.Watermarks;
import java.util.Collection;
import java.util.Objects;

/**
 * What of one timeline a user has not read: the seqs after {@code after} up to {@code through}.
 *
 * @param counted how many of them count, those included that were taken back since
 * @param lastDiscounted the greatest seq of the timeline that counted and was taken back; {@link SequenceId#NONE} for none
 */
public record UnreadRange(SequenceId after, SequenceId through, long counted, SequenceId lastDiscounted) {
    public UnreadRange {
        Objects.requireNonNull(lastDiscounted, "lastDiscounted");
        if (after.isAfter(through) || counted < 0) {
            throw new IllegalArgumentException("unread: " + counted + " after " + after + " through " + through
                    + " (expected: 0 or more, and a range)");
        }
    }

    /**
     * Of a conversation: what came after the mark and after joining, and has not expired. What was sent before the user
     * joined does not count, even where it may be seen; nothing counts for who has left.
     */
    public static UnreadRange of(MarkedHead head, Membership membership) {
        SequenceId last = head.head().last();
        if (!membership.isActive()) {
            return new UnreadRange(last, last, 0, SequenceId.NONE);
        }
        SequenceId read = head.readThrough().max(membership.joined());
        long floor = Math.max(head.readCounted(), membership.joinedCounted());
        return upTo(head, read, floor);
    }

    /**
     * Of the user's personal timeline in a conversation.
     *
     * @param active false when the user has left: nothing counts
     */
    public static UnreadRange ofPersonal(MarkedHead head, boolean active) {
        SequenceId last = head.head().last();
        return active
                ? upTo(head, head.readThrough(), head.readCounted())
                : new UnreadRange(last, last, 0, SequenceId.NONE);
    }

    private static UnreadRange upTo(MarkedHead head, SequenceId read, long floor) {
        Watermarks marks = head.head().watermarks();
        boolean known = marks.expiredCounted() != Gap.UNKNOWN;
        SequenceId after = known ? read.max(marks.expiredThrough()) : read;
        // A membership may be newer than the head beside it: then there is nothing after it yet.
        SequenceId last = head.head().last().max(after);
        long counted = Math.max(0, head.head().counted() - Math.max(floor, marks.expiredCounted()));
        return new UnreadRange(after, last, counted, head.head().lastDiscounted());
    }

    /** Whether something of this range may have been taken back for all: only then is it worth looking. */
    public boolean mayHoldDiscounts() {
        return counted > 0 && lastDiscounted.isAfter(after);
    }

    public boolean contains(SequenceId seq) {
        return seq.isAfter(after) && !seq.isAfter(through);
    }

    /**
     * The unread count.
     *
     * @param takenBack seqs that counted and do not any more: recalled, deleted, hidden. Each once; those outside of the
     *     range are of no account
     * @return 0 or more
     */
    public long less(Collection<SequenceId> takenBack) {
        long within = takenBack.stream().filter(this::contains).distinct().count();
        return Math.max(0, counted - within);
    }
}
