package io.tideline.store.message;

import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;

/**
 * A personal message is durable in the timelines of all recipients.
 *
 * @param messageId the same for all recipients
 * @param follows the conversation's seq after which devices show it
 * @param repeated all recipients had it before
 */
public record PersonalSent(MessageId messageId, SequenceId follows, boolean repeated) {}
