package io.tideline.sync.unread;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.timeline.SequenceId;

/**
 * What a user has not read of one conversation.
 *
 * @param unread messages, personal ones included
 * @param personal what of it is in the user's personal timeline
 * @param muted whether it counts into the muted total instead of the total
 * @param markedUnread the user's own flag; says nothing about {@code unread}
 * @param head the last seq the user may see
 * @param readThrough the user's mark; {@link SequenceId#NONE} for none
 * @param active false when the user has left; nothing is unread then
 */
public record ConversationUnread(
        ConversationId conversation,
        long unread,
        Personal personal,
        boolean muted,
        boolean markedUnread,
        SequenceId head,
        SequenceId readThrough,
        boolean active) {
    /**
     * The same of the user's personal timeline.
     *
     * @param head {@link SequenceId#NONE} when he has none
     */
    public record Personal(long unread, SequenceId head, SequenceId readThrough) {}
}
