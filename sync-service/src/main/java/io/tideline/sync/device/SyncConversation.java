package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationKind;
import io.tideline.core.conversation.Membership;
import io.tideline.core.message.MessageView;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a page brings of one conversation: the seqs after {@code after} up to {@code through}, without a hole, hence its
 * many parts.
 *
 * @param membership of the user, present or former
 * @param after the device's checkpoint that the range begins after
 * @param through where the range ends; equal to {@code after} when only the personal timeline has moved
 * @param personalThrough up to which seq of the personal timeline its messages are in {@code messages}; one that is not has
 *     come before, was erased, or has expired
 * @param messages in the order to show them: each of the conversation's in the order of its seq, each personal one behind
 *     the one it {@linkplain MessageView#follows follows}, or first when that was delivered before
 * @param gaps seqs of the range that bring nothing, in order
 * @param firstAvailable the first seq that history has for this user
 * @param head the last seq the user may see
 * @param unread how many the user, on all devices, has not read; empty when it was not asked for
 */
public record SyncConversation(
        ConversationId conversation,
        ConversationKind kind,
        Membership membership,
        SequenceId after,
        SequenceId through,
        SequenceId personalThrough,
        List<MessageView> messages,
        List<SyncGap> gaps,
        RangeStop stop,
        SequenceId firstAvailable,
        SequenceId head,
        OptionalLong unread) {
    public SyncConversation {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(unread, "unread");
        messages = List.copyOf(messages);
        gaps = List.copyOf(gaps);
    }
}
