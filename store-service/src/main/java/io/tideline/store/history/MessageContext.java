package io.tideline.store.history;

import io.tideline.core.message.ConversationPage;

/**
 * A message and what stands around it.
 *
 * @param before backward from the message, which is its first entry or gap
 * @param after forward from the seq after the message
 */
public record MessageContext(ConversationPage before, ConversationPage after) {}
