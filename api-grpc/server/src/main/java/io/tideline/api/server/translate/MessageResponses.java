package io.tideline.api.server.translate;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.ReactionCount;
import io.tideline.api.v1.StopReason;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;

/** Messages and events as users see them. */
public final class MessageResponses {
    private MessageResponses() {}

    /** A page that does not begin beyond the head, without its token. */
    public static ListMessagesResponse.Builder page(ConversationId conversation, ConversationPage page) {
        ListMessagesResponse.Builder response = ListMessagesResponse.newBuilder();
        page.messages().forEach(view -> response.addMessages(message(conversation, view)));
        page.gaps().forEach(gap -> response.addGaps(gap(gap)));
        return response.setStopReason(
                        switch (page.stop()) {
                            case PAGE_FULL -> StopReason.PAGE_FULL;
                            case RANGE_END -> StopReason.RANGE_END;
                            case HEAD -> StopReason.HEAD;
                            case START -> StopReason.START;
                            case BEYOND_HEAD ->
                                throw new IllegalArgumentException(
                                        "stop: BEYOND_HEAD (expected: a page that covers its range)");
                        })
                .setLastSeq(page.last().value());
    }

    /** Seqs of a conversation that cannot be read. */
    public static MessageGap gap(Gap gap) {
        return gap(
                gap.from(),
                gap.to(),
                switch (gap.type()) {
                    case EXPIRED -> MessageGap.Type.MESSAGE_GAP_EXPIRED;
                    case ERASED -> MessageGap.Type.MESSAGE_GAP_ERASED;
                    case NOT_VISIBLE -> MessageGap.Type.MESSAGE_GAP_NOT_VISIBLE;
                });
    }

    static MessageGap gap(SequenceId from, SequenceId to, MessageGap.Type type) {
        return MessageGap.newBuilder()
                .setFromSeq(from.value())
                .setToSeq(to.value())
                .setType(type)
                .build();
    }

    /** One message or event. */
    public static Message message(ConversationId conversation, MessageView view) {
        return message(conversation.value(), view);
    }

    /** One message or event of a timeline that need not be a conversation's. */
    public static Message message(String timeline, MessageView view) {
        Entry entry = view.entry();
        Message.Builder message = Message.newBuilder()
                .setConversationId(timeline)
                .setMessageId(entry.messageId().value())
                .setSender(entry.sender().value())
                .setClientMessageId(entry.clientMessageId().value())
                .setKind(entry.kind().value())
                .setServerTime(Responses.timestamp(entry.serverTime()))
                .setState(MessagingEnums.state(view))
                .setNotice(view.notice())
                .setChangedSeq(view.change()
                        .map(MessageChange::at)
                        .orElse(SequenceId.NONE)
                        .value());
        place(view, message);
        if (view.event().isPresent()) {
            message.setEvent(event(view.event().get()));
        } else {
            message.setPayload(bytes(entry.payload()));
        }
        for (io.tideline.core.message.ReactionCount reaction : view.reactions()) {
            message.addReactions(reaction(reaction));
        }
        return message.build();
    }

    /** What only the user sees stands in his own timeline, and follows a seq of the conversation. */
    private static void place(MessageView view, Message.Builder message) {
        SequenceId own = view.entry().seq();
        if (view.event().orElse(null) instanceof ConversationEvent.Hidden hidden) {
            message.setSeq(hidden.target().value()).setPersonalSeq(own.value());
        } else if (view.follows().isPresent()) {
            message.setSeq(view.follows().get().value()).setPersonalSeq(own.value());
        } else {
            message.setSeq(own.value());
        }
    }

    private static ReactionCount reaction(io.tideline.core.message.ReactionCount reaction) {
        return ReactionCount.newBuilder()
                .setReaction(reaction.reaction())
                .setCount(reaction.count())
                .addAllUsers(reaction.users().stream().map(UserId::value).toList())
                .build();
    }

    private static ByteString bytes(Payload payload) {
        // See Responses: a copy is written faster.
        return ByteString.copyFrom(payload.asReadOnlyByteBuffer());
    }

    private static io.tideline.api.v1.ConversationEvent event(ConversationEvent event) {
        io.tideline.api.v1.ConversationEvent.Builder to = io.tideline.api.v1.ConversationEvent.newBuilder();
        if (event instanceof ConversationEvent.Created created) {
            to.getCreatedBuilder().setKind(MessagingEnums.kind(created.kind()));
        } else if (event instanceof ConversationEvent.Joined joined) {
            to.getJoinedBuilder()
                    .addAllUsers(joined.users().stream().map(UserId::value).toList())
                    .setRole(MessagingEnums.role(joined.role()));
        } else if (event instanceof ConversationEvent.Left left) {
            to.getLeftBuilder().setUser(left.user().value());
        } else if (event instanceof ConversationEvent.RoleChanged changed) {
            to.getRoleChangedBuilder().setUser(changed.user().value()).setRole(MessagingEnums.role(changed.role()));
        } else if (event instanceof ConversationEvent.SettingsChanged changed) {
            to.getSettingsChangedBuilder()
                    .setHistoryVisible(changed.settings().historyVisible())
                    .putAllAttributes(changed.settings().attributes());
        } else if (event instanceof ConversationEvent.DiffusionSwitched switched) {
            to.getDiffusionSwitchedBuilder().setDiffusion(MessagingEnums.diffusion(switched.diffusion()));
        } else if (event instanceof ConversationEvent.Dissolved) {
            to.setDissolved(io.tideline.api.v1.ConversationEvent.Dissolved.getDefaultInstance());
        } else {
            to.setMessageChanged(changed(event));
        }
        return to.build();
    }

    private static io.tideline.api.v1.ConversationEvent.MessageChanged.Builder changed(ConversationEvent event) {
        io.tideline.api.v1.ConversationEvent.MessageChanged.Builder to =
                io.tideline.api.v1.ConversationEvent.MessageChanged.newBuilder();
        if (event instanceof ConversationEvent.Recalled recalled) {
            return to.setSeq(recalled.target().value()).setState(MessageState.RECALLED);
        } else if (event instanceof ConversationEvent.Deleted deleted) {
            return to.setSeq(deleted.target().value()).setState(MessageState.DELETED);
        } else if (event instanceof ConversationEvent.Hidden hidden) {
            return to.setSeq(hidden.target().value()).setState(MessageState.HIDDEN);
        } else if (event instanceof ConversationEvent.Edited edited) {
            return to.setSeq(edited.target().value())
                    .setState(MessageState.EDITED)
                    .setKind(edited.kind().value())
                    .setPayload(bytes(edited.payload()));
        } else if (event instanceof ConversationEvent.Reacted reacted) {
            return to.setSeq(reacted.target().value())
                    .setReaction(reacted.reaction())
                    .setReactionAdded(reacted.added());
        }
        throw new IllegalArgumentException("event: of another kind (expected: a change of a message)");
    }
}
