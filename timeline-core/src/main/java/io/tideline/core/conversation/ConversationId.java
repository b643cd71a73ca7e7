package io.tideline.core.conversation;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;

/**
 * A conversation of an app, named by the server and never from the ids of its members.
 *
 * @param value 1 to 32 characters of {@code 0-9 a-z}
 */
public record ConversationId(String value) {
    private static final int MAX_CHARS = 32;

    public ConversationId {
        boolean acceptable = !value.isEmpty()
                && value.length() <= MAX_CHARS
                && value.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'z');
        if (!acceptable) {
            throw new IllegalArgumentException(
                    "conversation_id: not well-formed (expected: 1.." + MAX_CHARS + " characters of 0-9 a-z)");
        }
    }

    /** The conversation's timeline: its history, and what its members sync from. */
    public TimelineId timeline(AppId app) {
        return new TimelineId(app, TimelineFamily.CONVERSATION, value);
    }

    /** What only {@code user} sees of the conversation. Unambiguous: no conversation id holds a slash. */
    public TimelineId personalTimeline(AppId app, UserId user) {
        return new TimelineId(app, TimelineFamily.PERSONAL, value + "/" + user.value());
    }

    @Override
    public String toString() {
        return value;
    }
}
