package io.tideline.sync.unread;

import io.tideline.core.timeline.SequenceId;

/** What became of a read mark, or of a setting. */
public sealed interface MarkOutcome {
    /**
     * Stored; a mark only if it is above the one before.
     *
     * @param after what is unread now
     */
    record Marked(ConversationUnread after) implements MarkOutcome {}

    /**
     * There is no such seq yet; nothing was changed.
     *
     * @param personal whether the personal timeline is meant
     * @param head the last seq there is
     */
    record BeyondHead(boolean personal, SequenceId head) implements MarkOutcome {}

    /** The user is not, and never was, in this conversation, as far as his list has it. */
    record NotInConversation() implements MarkOutcome {}
}
