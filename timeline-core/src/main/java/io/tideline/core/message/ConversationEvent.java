package io.tideline.core.message;

import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.conversation.Role;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Objects;

/**
 * An entry of a conversation's timeline (or, {@link Hidden}, of a personal one) that is no message. The entry's sender is
 * who did it. Its kind begins with {@value #KIND_PREFIX}, which no message's may.
 */
public sealed interface ConversationEvent {
    /** Kinds that begin so are events. */
    String KIND_PREFIX = "tideline.";

    /** The first entry of every conversation. */
    record Created(ConversationKind kind, ConversationSettings settings, Diffusion diffusion)
            implements ConversationEvent {}

    /**
     * Users have become members.
     *
     * @param users 1 to {@value #MAX_USERS}; more are several entries of one append
     */
    record Joined(List<UserId> users, Role role) implements ConversationEvent {
        public static final int MAX_USERS = 1000;

        public Joined {
            Objects.requireNonNull(role, "role");
            users = List.copyOf(users);
            if (users.isEmpty() || users.size() > MAX_USERS) {
                throw new IllegalArgumentException("users: " + users.size() + " (expected: 1.." + MAX_USERS + ")");
            }
        }
    }

    /** A user has left, or was removed by the sender if that is another. */
    record Left(UserId user) implements ConversationEvent {}

    record RoleChanged(UserId user, Role role) implements ConversationEvent {}

    record SettingsChanged(ConversationSettings settings) implements ConversationEvent {}

    /** From the entry after this one on. */
    record DiffusionSwitched(Diffusion diffusion) implements ConversationEvent {}

    record Dissolved() implements ConversationEvent {}

    /** The sender has taken his message back, or a moderator somebody's. */
    record Recalled(SequenceId target) implements ConversationEvent {}

    /** The sender's message has another content now. */
    record Edited(SequenceId target, MessageKind kind, Payload payload) implements ConversationEvent {}

    /** A message was deleted for all: nothing of it is left to be seen. */
    record Deleted(SequenceId target) implements ConversationEvent {}

    /**
     * The sender has added a reaction to a message, or taken it away.
     *
     * @param reaction 1 to 64 bytes of UTF-8
     */
    record Reacted(SequenceId target, String reaction, boolean added) implements ConversationEvent {}

    /** In a personal timeline: its user has deleted the conversation's message at {@code target} for himself. */
    record Hidden(SequenceId target) implements ConversationEvent {}
}
