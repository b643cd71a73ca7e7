package io.tideline.core.message;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry of a conversation as one user sees it.
 *
 * @param entry with the kind and payload that are to be shown: of an edited message those of the edit; the payload is empty
 *     when the message was taken back or hidden. Its seq and message id never change
 * @param follows of a message for this user alone, the conversation's seq after which it is shown, the entry's own seq
 *     being that in the personal timeline; empty for the conversation's own entries
 * @param event set when the entry is no message but an event. An edit of a message that is gone, or that the user may not
 *     see, shows no content
 * @param change what became of the message
 * @param hidden whether the user has deleted it for himself
 * @param reactions the most frequent first
 * @param notice whether it is a message that counts for nobody as unread
 */
public record MessageView(
        Entry entry,
        Optional<SequenceId> follows,
        Optional<ConversationEvent> event,
        Optional<MessageChange> change,
        boolean hidden,
        List<ReactionCount> reactions,
        boolean notice) {
    public MessageView {
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(follows, "follows");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(change, "change");
        reactions = List.copyOf(reactions);
    }
}
