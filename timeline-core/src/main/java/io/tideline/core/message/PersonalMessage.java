package io.tideline.core.message;

import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SequenceId;

/**
 * The payload of a message in a personal timeline.
 *
 * @param follows the conversation's seq after which devices show it
 * @param content the sender's payload
 */
public record PersonalMessage(SequenceId follows, Payload content) {}
