package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Membership;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.device.WarmUsers.Pending;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation that may have moved, as it was found: what there is, what the device has.
 *
 * @param head of the conversation's timeline
 * @param end the last seq that the user may see
 * @param personalHead of the user's personal timeline in it
 * @param after the device's checkpoint, and from where on messages are delivered at the earliest
 * @param begin the first seq to be delivered as a message; what lies between is a gap
 */
record Candidate(
        ConversationId conversation,
        ConversationKind kind,
        Membership membership,
        SequenceId head,
        SequenceId end,
        SequenceId personalHead,
        SequenceId after,
        SequenceId personalAfter,
        SequenceId begin) {

    /** Where a device begins that has no checkpoint in the conversation: with the latest, or with what came since joining. */
    static SequenceId beginning(Membership membership, SequenceId end, boolean firstSync, int latest) {
        SequenceId first = membership.visibleFrom().max(SequenceId.FIRST);
        if (firstSync) {
            return latest == 0 ? first : first.max(end.plus(1 - latest));
        }
        SequenceId joined = membership.joined();
        return first.max(end.isAfter(joined) ? joined : end);
    }

    /** Of one who was found to have left since the membership was read. */
    Candidate leftAt(SequenceId left) {
        Membership former = new Membership(
                membership.user(),
                membership.role(),
                membership.joined(),
                membership.joinedCounted(),
                membership.visibleFrom(),
                left,
                left.value());
        return new Candidate(conversation, kind, former, head, end, personalHead, after, personalAfter, begin);
    }

    boolean isBeyondHead() {
        return after.isAfter(head) || personalAfter.isAfter(personalHead);
    }

    /** Whether there is anything that the device has not got. */
    boolean hasMoved() {
        return end.isAfter(after) || personalHead.isAfter(personalAfter);
    }

    /** How far it goes for the member; whatever time it has got is known already. */
    Pending ahead() {
        return new Pending(end.value(), personalHead.value(), 0);
    }

    /** How many messages, at most, the device has not got. */
    long length() {
        return Math.max(0, end.value() - begin.value() + 1) + personalHead.value() - personalAfter.value();
    }

    /** What is skipped before {@link #begin}. */
    List<SyncGap> gapsBefore() {
        List<SyncGap> gaps = new ArrayList<>();
        SequenceId first = after.next();
        SequenceId visible = membership.visibleFrom();
        // Who has just joined again may see what lies behind the head that was looked at before.
        SequenceId skippedTo = begin.isAfter(end) ? end : begin.plus(-1);
        SequenceId hiddenTo = visible.plus(-1).value() < skippedTo.value() ? visible.plus(-1) : skippedTo;
        if (!first.isAfter(hiddenTo)) {
            gaps.add(new SyncGap(first, hiddenTo, SyncGap.Type.NOT_FOR_YOU));
        }
        SequenceId onDemand = first.max(visible);
        if (!onDemand.isAfter(skippedTo)) {
            gaps.add(new SyncGap(onDemand, skippedTo, SyncGap.Type.ON_DEMAND));
        }
        return gaps;
    }
}
