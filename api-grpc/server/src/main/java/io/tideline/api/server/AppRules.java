package io.tideline.api.server;

import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.message.MessageRules;
import java.util.Objects;

/** What an app lets its users do. */
public record AppRules(ConversationRules conversations, MessageRules messages) {
    public static final AppRules DEFAULT = new AppRules(ConversationRules.DEFAULT, MessageRules.DEFAULT);

    public AppRules {
        Objects.requireNonNull(conversations, "conversations");
        Objects.requireNonNull(messages, "messages");
    }
}
