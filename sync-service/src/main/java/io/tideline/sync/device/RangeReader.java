package io.tideline.sync.device;

import io.tideline.core.conversation.Membership;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads what a device has not got of one conversation, and of the user's personal timeline in it. */
final class RangeReader {
    private final ConversationReader reader;

    RangeReader(ConversationReader reader) {
        this.reader = reader;
    }

    /**
     * What was read.
     *
     * @param through where the conversation's range ends
     * @param personal in the order of their seqs, not yet placed
     * @param personalThrough where the personal timeline's range ends: behind the last of its messages when those that
     *     came after it are gone
     */
    record Range(
            Candidate candidate,
            List<MessageView> messages,
            List<SyncGap> gaps,
            SequenceId through,
            List<MessageView> personal,
            SequenceId personalThrough) {

        /** As far as the event by which the user left. */
        Range leftAt(SequenceId left) {
            return new Range(
                    candidate.leftAt(left),
                    messages.stream()
                            .filter(message -> !message.entry().seq().isAfter(left))
                            .toList(),
                    gaps.stream().filter(gap -> !gap.from().isAfter(left)).toList(),
                    left,
                    personal,
                    personalThrough);
        }
    }

    /** @param maxMessages 1 or more, both timelines together */
    CompletableFuture<Range> read(
            Device device, Candidate candidate, int maxMessages, int maxBytes, Deadline deadline) {
        long length = Math.max(0, candidate.end().value() - candidate.begin().value() + 1);
        int most = (int) Math.min(length, Math.min(maxMessages, ReadQuery.MAX_ENTRIES));
        int mostPersonal = Math.min(maxMessages - most, ReadQuery.MAX_ENTRIES);
        return readConversation(device, candidate, most, maxBytes, deadline)
                .thenCombine(readPersonal(device, candidate, mostPersonal, maxBytes, deadline), (page, personal) -> {
                    List<SyncGap> gaps = new ArrayList<>(candidate.gapsBefore());
                    page.gaps().forEach(gap -> gaps.add(typed(gap)));
                    Range range = new Range(
                            candidate,
                            page.messages(),
                            gaps,
                            page.next().plus(-1),
                            personal.messages(),
                            personal.next().plus(-1));
                    return leaving(page, candidate.membership())
                            .map(range::leftAt)
                            .orElse(range);
                });
    }

    private CompletableFuture<ConversationPage> readConversation(
            Device device, Candidate candidate, int most, int maxBytes, Deadline deadline) {
        if (most == 0) {
            // Nothing but a gap, if anything: the range goes to its end at once.
            SequenceId through = candidate.after().max(candidate.end());
            return CompletableFuture.completedFuture(
                    new ConversationPage(List.of(), List.of(), StopReason.RANGE_END, through.next(), candidate.end()));
        }
        TimelineId timeline = candidate.conversation().timeline(device.app());
        ReadQuery query = new ReadQuery(
                timeline, candidate.begin(), candidate.end(), Direction.FORWARD, most, maxBytes, candidate.head());
        boolean mayHaveHidden = !candidate.personalHead().isNone();
        return reader.readOn(query, candidate.membership(), mayHaveHidden, deadline);
    }

    /**
     * Heads and memberships are looked at side by side: the head may be from after an event that ended the membership, which
     * is from before it. What comes behind that event is left to the next page, which knows.
     */
    private static Optional<SequenceId> leaving(ConversationPage page, Membership membership) {
        return page.messages().stream()
                .filter(message -> endsMembership(message, membership.user()))
                .map(message -> message.entry().seq())
                .filter(seq -> seq.value() > membership.version())
                .findFirst();
    }

    private static boolean endsMembership(MessageView message, UserId user) {
        @Nullable ConversationEvent event = message.event().orElse(null);
        return event instanceof ConversationEvent.Dissolved
                || event instanceof ConversationEvent.Left left && left.user().equals(user);
    }

    private CompletableFuture<ConversationPage> readPersonal(
            Device device, Candidate candidate, int most, int maxBytes, Deadline deadline) {
        if (most == 0 || !candidate.personalHead().isAfter(candidate.personalAfter())) {
            SequenceId next = candidate.personalAfter().next();
            return CompletableFuture.completedFuture(
                    new ConversationPage(List.of(), List.of(), StopReason.RANGE_END, next, candidate.personalHead()));
        }
        TimelineId timeline = candidate.conversation().personalTimeline(device.app(), device.user());
        ReadQuery query = new ReadQuery(
                timeline,
                candidate.personalAfter().next(),
                candidate.personalHead(),
                Direction.FORWARD,
                most,
                maxBytes,
                candidate.personalHead());
        return reader.readPersonal(query, deadline);
    }

    private static SyncGap typed(Gap gap) {
        return new SyncGap(
                gap.from(),
                gap.to(),
                switch (gap.type()) {
                    case EXPIRED -> SyncGap.Type.EXPIRED;
                    case ERASED -> SyncGap.Type.ERASED;
                    case NOT_VISIBLE -> SyncGap.Type.NOT_FOR_YOU;
                });
    }
}
