package io.tideline.store.conversation;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.util.Objects;
import java.util.Optional;

/**
 * A page of the members of a conversation, in a stable order.
 *
 * @param viewer who asks, and must be a member; empty when a service does
 * @param after the user to go on after; empty to begin
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param includeFormer also those who have left
 */
public record MemberQuery(
        AppId app,
        ConversationId conversation,
        Optional<UserId> viewer,
        Optional<UserId> after,
        int limit,
        boolean includeFormer) {
    public static final int MAX_LIMIT = 1000;

    public MemberQuery {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(viewer, "viewer");
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        }
    }
}
