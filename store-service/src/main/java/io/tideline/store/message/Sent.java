package io.tideline.store.message;

import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;

/**
 * A message is durable and ordered.
 *
 * @param repeated it had been sent before; all the rest is that of the first time
 * @param counted how many messages of the conversation up to this one count as unread
 */
public record Sent(MessageId messageId, SequenceId seq, Instant serverTime, boolean repeated, long counted) {}
