package io.tideline.client;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationEvent.MessageChanged;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageState;
import io.tideline.api.v1.ReactionCount;
import java.util.ArrayList;
import java.util.List;

/**
 * What an event that changes a message makes of it. States go forward only: what is recalled, deleted or hidden shows
 * nothing any more, whatever comes after it, and what the user has hidden stays hidden, whatever others do to it.
 */
final class MessageChanges {
    private static final int MOST_USERS_NAMED = 20;

    private MessageChanges() {}

    static boolean isChange(Message message) {
        return message.getEvent().hasMessageChanged();
    }

    /** Whether it shows something that counts as unread for others than its sender. */
    static boolean isShown(Message message) {
        return !message.hasEvent()
                && switch (message.getState()) {
                    case MESSAGE_STATE_UNSPECIFIED, SENT, EDITED -> true;
                    case RECALLED, DELETED, HIDDEN, UNRECOGNIZED -> false;
                };
    }

    /** The target after the event; the same when it knew of it before, or is gone and the event would show something. */
    static Message applied(Message target, Message event) {
        MessageChanged change = event.getEvent().getMessageChanged();
        boolean gone = !isShown(target) && !target.hasEvent();
        if (!change.getReaction().isEmpty()) {
            return gone ? target : reacted(target, event.getSender(), change);
        }
        boolean known = event.getPersonalSeq() > 0
                ? target.getState() == change.getState()
                : target.getChangedSeq() >= event.getSeq();
        if (known || gone && change.getState() == MessageState.EDITED) {
            return target;
        }
        Message.Builder changed = target.toBuilder();
        if (target.getState() != MessageState.HIDDEN) {
            changed.setState(change.getState());
        }
        if (event.getPersonalSeq() == 0) {
            changed.setChangedSeq(event.getSeq());
        }
        if (change.getState() == MessageState.EDITED) {
            return changed.setKind(change.getKind())
                    .setPayload(change.getPayload())
                    .build();
        }
        return isShown(changed.build())
                ? changed.build()
                : changed.setPayload(ByteString.EMPTY).clearReactions().build();
    }

    /** Of a message that the device does not have: what the event alone says. */
    static Message alone(Message event) {
        MessageChanged change = event.getEvent().getMessageChanged();
        Message unknown = Message.newBuilder()
                .setConversationId(event.getConversationId())
                .setSeq(change.getSeq())
                .build();
        return applied(unknown, event);
    }

    /** A user has one reaction of a name at most, so a reaction that is there, or gone, already stays as it is. */
    private static Message reacted(Message target, String user, MessageChanged change) {
        List<ReactionCount> reactions = new ArrayList<>();
        ReactionCount before =
                ReactionCount.newBuilder().setReaction(change.getReaction()).build();
        for (ReactionCount reaction : target.getReactionsList()) {
            if (reaction.getReaction().equals(change.getReaction())) {
                before = reaction;
            } else {
                reactions.add(reaction);
            }
        }
        ReactionCount after = change.getReactionAdded() ? with(before, user) : without(before, user);
        if (after.getCount() > 0) {
            reactions.add(after);
        }
        return after.equals(before)
                ? target
                : target.toBuilder().clearReactions().addAllReactions(reactions).build();
    }

    private static ReactionCount with(ReactionCount reaction, String user) {
        if (reaction.getUsersList().contains(user)) {
            return reaction;
        }
        ReactionCount.Builder more = reaction.toBuilder().setCount(reaction.getCount() + 1);
        if (more.getUsersCount() < MOST_USERS_NAMED) {
            more.addUsers(user);
        }
        return more.build();
    }

    private static ReactionCount without(ReactionCount reaction, String user) {
        List<String> users = new ArrayList<>(reaction.getUsersList());
        boolean named = users.remove(user);
        // With more users than are named, one who is not named may be among the others.
        if (!named && reaction.getCount() <= users.size()) {
            return reaction;
        }
        return reaction.toBuilder()
                .setCount(Math.max(0, reaction.getCount() - 1))
                .clearUsers()
                .addAllUsers(users)
                .build();
    }
}
