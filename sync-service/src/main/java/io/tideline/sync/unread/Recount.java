package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;

/**
 * One conversation's unread, computed in both ways.
 *
 * @param computed by arithmetic, as users are told
 * @param recounted by reading every entry after the mark
 */
public record Recount(ConversationId conversation, long computed, long recounted) {
    public boolean agrees() {
        return computed == recounted;
    }
}
