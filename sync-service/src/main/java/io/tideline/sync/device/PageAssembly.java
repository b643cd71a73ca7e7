package io.tideline.sync.device;

import io.tideline.core.conversation.Membership;
import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.device.RangeReader.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Puts ranges into a page until it is full, each cut where the page's bytes end. Personal messages go behind those they
 * follow, as far as these are delivered; so many of them only that none is left out before one that is delivered.
 *
 * <p>Used by one thread after the other.
 */
final class PageAssembly {
    private final int maxBytes;
    private final List<SyncConversation> conversations = new ArrayList<>();
    private int messages;
    private long bytes;
    private boolean full;

    PageAssembly(SyncLimits limits) {
        this.maxBytes = limits.maxBytes();
    }

    List<SyncConversation> conversations() {
        return conversations;
    }

    int messages() {
        return messages;
    }

    /** Payload bytes that still fit, at least 1. */
    int bytesLeft() {
        return (int) Math.max(1, maxBytes - bytes);
    }

    /** Whether something was left out, so that no further conversation may be added. */
    boolean isFull() {
        return full;
    }

    /** Adds a conversation whose device is ahead of it. */
    void addBeyondHead(Candidate candidate) {
        conversations.add(conversation(
                candidate, candidate.after(), candidate.personalAfter(), List.of(), List.of(), RangeStop.BEYOND_HEAD));
    }

    void add(Range range) {
        Candidate candidate = range.candidate();
        List<MessageView> kept = new ArrayList<>();
        SequenceId through = range.through();
        for (MessageView message : range.messages()) {
            if (!fits(message)) {
                through = message.entry().seq().plus(-1);
                break;
            }
            take(message);
            kept.add(message);
        }
        SequenceId end = through;
        boolean atEnd = !candidate.end().isAfter(end);
        SequenceId personalThrough = range.personalThrough();
        List<MessageView> personal = new ArrayList<>();
        for (MessageView message : range.personal()) {
            boolean placeable = atEnd || !follows(message).isAfter(end);
            if (!placeable || !fits(message)) {
                personalThrough = message.entry().seq().plus(-1);
                break;
            }
            take(message);
            personal.add(message);
        }
        boolean complete = atEnd && !candidate.personalHead().isAfter(personalThrough);
        full |= !complete;
        // What is gone of the personal timeline has to be passed, too, though there is nothing to show of it.
        if (end.isAfter(candidate.after()) || personalThrough.isAfter(candidate.personalAfter())) {
            List<SyncGap> gaps = range.gaps().stream()
                    .filter(gap -> !gap.from().isAfter(end))
                    .toList();
            conversations.add(conversation(
                    candidate, end, personalThrough, place(kept, personal), gaps, stop(candidate, complete)));
        }
    }

    private boolean fits(MessageView message) {
        return !full && (messages == 0 || bytes + message.entry().payload().size() <= maxBytes);
    }

    private void take(MessageView message) {
        messages++;
        bytes += message.entry().payload().size();
    }

    private static SequenceId follows(MessageView personal) {
        return personal.follows().orElse(SequenceId.NONE);
    }

    private static List<MessageView> place(List<MessageView> messages, List<MessageView> personal) {
        if (personal.isEmpty()) {
            return messages;
        }
        List<MessageView> placed = new ArrayList<>();
        List<MessageView> left = new ArrayList<>(personal);
        for (MessageView message : messages) {
            SequenceId seq = message.entry().seq();
            move(left, placed, seq.plus(-1));
            placed.add(message);
        }
        placed.addAll(left);
        return placed;
    }

    /** Moves what follows {@code seq} or one before it, in the order of their own seqs. */
    private static void move(List<MessageView> from, List<MessageView> to, SequenceId seq) {
        for (MessageView message : List.copyOf(from)) {
            if (!follows(message).isAfter(seq)) {
                to.add(message);
                from.remove(message);
            }
        }
    }

    private static RangeStop stop(Candidate candidate, boolean complete) {
        if (!complete) {
            return RangeStop.PAGE_FULL;
        }
        return candidate.membership().isActive() ? RangeStop.HEAD : RangeStop.LEFT;
    }

    private static SyncConversation conversation(
            Candidate candidate,
            SequenceId through,
            SequenceId personalThrough,
            List<MessageView> messages,
            List<SyncGap> gaps,
            RangeStop stop) {
        Membership membership = candidate.membership();
        return new SyncConversation(
                candidate.conversation(),
                candidate.kind(),
                membership,
                candidate.after(),
                through,
                personalThrough,
                messages,
                gaps,
                stop,
                membership.visibleFrom(),
                candidate.end(),
                OptionalLong.empty());
    }
}
