package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A user's conversations, the most recently moved first.
 *
 * @param after where the page before ended; empty to begin
 * @param limit 1 to {@value #MAX_LIMIT}
 * @param withPreview whether the last message of each is wanted
 * @param withLeft whether those that the user has left are wanted
 */
public record ConversationsQuery(
        AppId app, UserId user, Optional<Position> after, int limit, boolean withPreview, boolean withLeft) {
    public static final int MAX_LIMIT = 500;

    /** A place in the list. */
    public record Position(Instant lastTime, ConversationId conversation) {}

    public ConversationsQuery {
        Objects.requireNonNull(app, "app");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
        }
    }
}
