package io.tideline.store.conversation;

import io.tideline.core.conversation.UserConversation;
import java.util.List;

/** A page of a user's conversations. Complete when none follow; else go on after the last one's id. */
public record UserConversationPage(List<UserConversation> conversations, boolean complete) {
    public UserConversationPage {
        conversations = List.copyOf(conversations);
    }
}
