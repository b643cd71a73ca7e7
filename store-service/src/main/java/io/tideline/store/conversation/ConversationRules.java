package io.tideline.store.conversation;

import io.tideline.core.conversation.Role;
import java.util.Objects;

/**
 * What an app lets its conversations do.
 *
 * @param autoThreshold a conversation of AUTO diffusion with more members is read-diffused, 1 or more
 * @param maxMembers of one conversation, 2 or more
 * @param invites the least role that adds members
 * @param openGroups whether everybody may join a group by himself, as everybody may a channel
 */
public record ConversationRules(int autoThreshold, int maxMembers, Role invites, boolean openGroups) {
    public static final ConversationRules DEFAULT = new ConversationRules(500, 1_000_000, Role.MODERATOR, false);

    public ConversationRules {
        Objects.requireNonNull(invites, "invites");
        if (autoThreshold < 1) {
            throw new IllegalArgumentException("autoThreshold: " + autoThreshold + " (expected: 1 or more)");
        }
        if (maxMembers < 2) {
            throw new IllegalArgumentException("maxMembers: " + maxMembers + " (expected: 2 or more)");
        }
    }
}
