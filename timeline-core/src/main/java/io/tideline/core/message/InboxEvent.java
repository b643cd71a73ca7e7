package io.tideline.core.message;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;

/**
 * An entry of a user's inbox. It says where something is, never what: the truth is in the conversation. The entry's
 * sender and message id are those of what it refers to.
 */
public sealed interface InboxEvent {
    ConversationId conversation();

    /**
     * A message stands at {@code seq} of a write-diffused conversation.
     *
     * @param preview the beginning of its payload, at most {@value #MAX_PREVIEW_BYTES} bytes, for notifications
     */
    record Reference(ConversationId conversation, SequenceId seq, MessageKind kind, Payload preview)
            implements InboxEvent {
        public static final int MAX_PREVIEW_BYTES = 128;
    }

    /** Something for this user alone stands at {@code seq} of his personal timeline in the conversation. */
    record Personal(ConversationId conversation, SequenceId seq) implements InboxEvent {}

    /** The user's membership, or the diffusion of the conversation, has changed by the entry at {@code seq}. */
    record MembershipChanged(ConversationId conversation, SequenceId seq) implements InboxEvent {}
}
