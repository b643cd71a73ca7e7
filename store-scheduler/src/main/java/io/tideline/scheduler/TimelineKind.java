package io.tideline.scheduler;

import io.tideline.core.conversation.ConversationKind;
import java.util.Locale;

/** What policies tell apart within an app. */
public enum TimelineKind {
    DIRECT,
    GROUP,
    CHANNEL,
    CONTEXTUAL,
    /** A timeline that belongs to no conversation. */
    PLAIN;

    static TimelineKind of(ConversationKind kind) {
        return switch (kind) {
            case DIRECT -> DIRECT;
            case GROUP -> GROUP;
            case CHANNEL -> CHANNEL;
            case CONTEXTUAL -> CONTEXTUAL;
        };
    }

    /** As in files of policies. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
