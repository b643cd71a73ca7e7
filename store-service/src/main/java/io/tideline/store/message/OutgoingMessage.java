package io.tideline.store.message;

import io.tideline.core.message.ConversationEvent;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import java.util.Objects;

/**
 * A message on its way in.
 *
 * @param clientMessageId the sender's own name for it. Like the kind it must not begin with {@value
 *     ConversationEvent#KIND_PREFIX}
 * @param notice whether it counts for nobody as unread
 */
public record OutgoingMessage(ClientMessageId clientMessageId, MessageKind kind, Payload payload, boolean notice) {
    public OutgoingMessage {
        Objects.requireNonNull(payload, "payload");
        requireUnreserved("client_message_id", clientMessageId.value());
        requireUnreserved("kind", kind.value());
    }

    public OutgoingMessage(ClientMessageId clientMessageId, MessageKind kind, Payload payload) {
        this(clientMessageId, kind, payload, false);
    }

    private static void requireUnreserved(String field, String value) {
        if (value.startsWith(ConversationEvent.KIND_PREFIX)) {
            throw new IllegalArgumentException(
                    field + ": begins with " + ConversationEvent.KIND_PREFIX + " (expected: anything else)");
        }
    }
}
