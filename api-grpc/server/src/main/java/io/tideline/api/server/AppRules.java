package io.tideline.api.server;

import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.message.MessageRules;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an app lets its users do.
 *
 * @param inboxTimeToLive how long an inbox announces what moved, 1 minute or more; empty: as long as the storage keeps it
 */
public record AppRules(ConversationRules conversations, MessageRules messages, Optional<Duration> inboxTimeToLive) {
    public static final AppRules DEFAULT = new AppRules(ConversationRules.DEFAULT, MessageRules.DEFAULT);

    private static final Duration SHORTEST = Duration.ofMinutes(1);

    public AppRules {
        Objects.requireNonNull(conversations, "conversations");
        Objects.requireNonNull(messages, "messages");
        if (inboxTimeToLive.map(ttl -> ttl.compareTo(SHORTEST) < 0).orElse(false)) {
            throw new IllegalArgumentException("inboxTtl: " + inboxTimeToLive.get() + " (expected: 1 minute or more)");
        }
    }

    /** With inboxes as the storage keeps them. */
    public AppRules(ConversationRules conversations, MessageRules messages) {
        this(conversations, messages, Optional.empty());
    }
}
