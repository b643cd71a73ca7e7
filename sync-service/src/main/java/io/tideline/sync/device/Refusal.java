package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.SequenceId;

/** Why nothing was done for a device. */
public sealed interface Refusal {
    /** The token was not made by this installation for this device, or was altered. */
    record InvalidToken() implements Refusal {}

    /** The token was given before the device was forgotten: sync without it. */
    record ForgottenDevice() implements Refusal {}

    /** No device of this name has ever synced; one registers itself by its first sync. */
    record UnknownDevice() implements Refusal {}

    /**
     * The user has too many devices for another one.
     *
     * @param most how many there may be
     */
    record TooManyDevices(int most) implements Refusal {}

    /** The user is not, and never was, in this conversation. */
    record NotInConversation(ConversationId conversation) implements Refusal {}

    /**
     * A checkpoint says more than there is.
     *
     * @param personal whether the personal part is meant
     * @param head the last seq there is
     */
    record BeyondHead(ConversationId conversation, boolean personal, SequenceId head) implements Refusal {}
}
