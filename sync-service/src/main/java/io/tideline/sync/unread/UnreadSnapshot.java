package io.tideline.sync.unread;

import java.util.List;

/**
 * All conversations of a user, by one look.
 *
 * @param conversations those the user is in, left ones included, in a stable order
 * @param total the sum over those that are not muted
 * @param mutedTotal the sum over the muted ones
 */
public record UnreadSnapshot(List<ConversationUnread> conversations, long total, long mutedTotal) {
    public UnreadSnapshot {
        conversations = List.copyOf(conversations);
    }

    static UnreadSnapshot of(List<ConversationUnread> conversations) {
        return new UnreadSnapshot(conversations, sum(conversations, false), sum(conversations, true));
    }

    private static long sum(List<ConversationUnread> conversations, boolean muted) {
        return conversations.stream()
                .filter(c -> c.muted() == muted)
                .mapToLong(ConversationUnread::unread)
                .sum();
    }
}
