package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.message.MessageView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a device has not got.
 *
 * @param conversations those that moved: to a device that was away, the most recently moved first; then in turn
 * @param rebuild set when the inbox no longer goes back to the device's checkpoint
 * @param next to be sent as {@link SyncRequest#ack} once the page is stored. Opaque, for this device alone
 * @param hasMore whether to ask again at once
 */
public record SyncPage(
        List<SyncConversation> conversations, Optional<RebuildPlan> rebuild, String next, boolean hasMore) {
    public SyncPage {
        Objects.requireNonNull(rebuild, "rebuild");
        Objects.requireNonNull(next, "next");
        conversations = List.copyOf(conversations);
    }

    /** A message and where it belongs. */
    public record Placed(ConversationId conversation, MessageView message) {}

    /** All messages in one stable order: by server time, then conversation, each conversation's in their own order. */
    public List<Placed> merged() {
        record Timed(Instant time, Placed placed) {}
        List<Timed> timed = new ArrayList<>();
        for (SyncConversation conversation : conversations) {
            Instant time = Instant.EPOCH;
            for (MessageView message : conversation.messages()) {
                // A personal message may be older or newer than what it follows; it must not overtake its neighbours.
                Instant own = message.entry().serverTime();
                time = own.isAfter(time) ? own : time;
                timed.add(new Timed(time, new Placed(conversation.conversation(), message)));
            }
        }
        timed.sort(Comparator.comparing(Timed::time)
                .thenComparing(t -> t.placed().conversation().value()));
        return timed.stream().map(Timed::placed).toList();
    }
}
