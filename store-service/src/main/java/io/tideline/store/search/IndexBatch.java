package io.tideline.store.search;

import io.tideline.core.conversation.Conversation;
import java.util.List;
import java.util.Map;

/**
 * What becomes of an index in one step. Applying it again changes nothing.
 *
 * @param messages replace those of the same conversation and seq
 * @param removed messages that show nothing any more
 * @param conversations replace those of the same name
 * @param members replace those of the same conversation and user
 * @param positions per conversation the last seq that the index has with this batch; never durable before the rest is
 * @param urgent somebody may be waiting: to be found when the batch is applied, and not some time later
 */
public record IndexBatch(
        List<IndexedMessage> messages,
        List<Place> removed,
        List<Conversation> conversations,
        List<IndexedMember> members,
        Map<String, Long> positions,
        boolean urgent) {
    public IndexBatch {
        messages = List.copyOf(messages);
        removed = List.copyOf(removed);
        conversations = List.copyOf(conversations);
        members = List.copyOf(members);
        positions = Map.copyOf(positions);
    }

    /** Where a message stands. */
    public record Place(String conversation, long seq) {}
}
