package io.tideline.api.server.translate;

import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.Truncated;
import io.tideline.api.v1.UserConversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Membership;
import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.SequenceId;
import io.tideline.sync.device.RebuildPlan;
import io.tideline.sync.device.SyncConversation;
import io.tideline.sync.device.SyncGap;
import io.tideline.sync.device.SyncPage;
import java.util.function.BiFunction;

/** What devices are brought. */
public final class SyncResponses {
    private SyncResponses() {}

    public static SyncResponse page(SyncPage page) {
        return page(page, MessageResponses::message);
    }

    /**
     * One page.
     *
     * @param translation of a message, which may know it already
     */
    public static SyncResponse page(SyncPage page, BiFunction<ConversationId, MessageView, Message> translation) {
        SyncResponse.Builder response =
                SyncResponse.newBuilder().setNext(page.next()).setHasMore(page.hasMore());
        for (SyncPage.Placed placed : page.merged()) {
            response.addMessages(translation.apply(placed.conversation(), placed.message()));
        }
        for (SyncConversation conversation : page.conversations()) {
            response.addRanges(range(conversation));
            if (changesMembership(conversation)) {
                response.addMembershipChanges(membership(conversation));
            }
        }
        page.rebuild().ifPresent(plan -> response.setTruncated(truncated(plan)));
        return response.build();
    }

    private static SyncRange range(SyncConversation conversation) {
        SyncRange.Builder range = SyncRange.newBuilder()
                .setConversationId(conversation.conversation().value())
                .setFromSeq(conversation.after().value() + 1)
                .setToSeq(conversation.through().value())
                .setStop(MessagingEnums.stop(conversation.stop()))
                .setLastSeq(conversation.head().value())
                .setPersonalToSeq(conversation.personalThrough().value())
                .setFirstAvailableSeq(conversation.firstAvailable().value());
        for (SyncGap gap : conversation.gaps()) {
            range.addGaps(MessageResponses.gap(gap.from(), gap.to(), type(gap.type())));
            range.setLimited(range.getLimited() || gap.type() == SyncGap.Type.ON_DEMAND);
        }
        conversation.unread().ifPresent(range::setUnread);
        return range.build();
    }

    private static MessageGap.Type type(SyncGap.Type type) {
        return switch (type) {
            case EXPIRED -> MessageGap.Type.MESSAGE_GAP_EXPIRED;
            case ERASED -> MessageGap.Type.MESSAGE_GAP_ERASED;
            case NOT_FOR_YOU -> MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE;
            case ON_DEMAND -> MessageGap.Type.MESSAGE_GAP_ON_DEMAND;
        };
    }

    private static boolean changesMembership(SyncConversation conversation) {
        Membership membership = conversation.membership();
        return within(membership.joined(), conversation) || within(membership.left(), conversation);
    }

    private static boolean within(SequenceId seq, SyncConversation conversation) {
        return seq.isAfter(conversation.after()) && !seq.isAfter(conversation.through());
    }

    private static UserConversation membership(SyncConversation conversation) {
        ConversationUnread.Builder unread = ConversationUnread.newBuilder()
                .setConversationId(conversation.conversation().value())
                .setLastSeq(conversation.head().value());
        conversation.unread().ifPresent(unread::setUnread);
        return UserConversation.newBuilder()
                .setConversationId(conversation.conversation().value())
                .setKind(MessagingEnums.kind(conversation.kind()))
                .setRole(MessagingEnums.role(conversation.membership().role()))
                .setLastSeq(conversation.head().value())
                .setLeft(!conversation.membership().isActive())
                .setUnread(unread)
                .build();
    }

    private static Truncated truncated(RebuildPlan plan) {
        return Truncated.newBuilder()
                .setCheckpointSeq(plan.checkpoint().value())
                .setOldestAvailableSeq(plan.oldestAvailable().value())
                .setConversations(plan.conversations())
                .build();
    }

    public static Checkpoint checkpoint(io.tideline.sync.device.Checkpoint checkpoint) {
        return Checkpoint.newBuilder()
                .setConversationId(checkpoint.conversation().value())
                .setSeq(checkpoint.through().value())
                .setPersonalSeq(checkpoint.personalThrough().value())
                .build();
    }
}
