package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.SequenceId;
import java.util.Objects;

/**
 * How far a device has processed a conversation.
 *
 * @param through the last seq of the conversation; {@link SequenceId#NONE} for none
 * @param personalThrough the last seq of the user's personal timeline in it; {@link SequenceId#NONE} for none
 */
public record Checkpoint(ConversationId conversation, SequenceId through, SequenceId personalThrough) {
    public Checkpoint {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(through, "through");
        Objects.requireNonNull(personalThrough, "personalThrough");
    }
}
