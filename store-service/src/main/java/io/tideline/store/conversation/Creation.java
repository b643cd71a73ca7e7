package io.tideline.store.conversation;

import io.tideline.core.conversation.Conversation;

/** A conversation that was to be created, and whether it was there before. */
public record Creation(Conversation conversation, boolean existed) {}
