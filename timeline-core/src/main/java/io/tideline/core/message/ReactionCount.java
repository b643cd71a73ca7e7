package io.tideline.core.message;

import io.tideline.core.conversation.UserId;
import java.util.List;

/**
 * How many users have reacted to a message in one way.
 *
 * @param count 1 or more
 * @param users the first of them, at most {@value #MAX_USERS}, in the order in which they reacted
 */
public record ReactionCount(String reaction, int count, List<UserId> users) {
    public static final int MAX_USERS = 20;

    public ReactionCount {
        users = List.copyOf(users);
    }
}
