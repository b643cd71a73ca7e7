package io.tideline.core.timeline;

import java.util.Objects;

/**
 * An entry on its way in: everything but what the storage assigns.
 *
 * @param messageId {@link MessageId#NONE} for none. Not part of what is said: a repeat may bring another one, and is
 *     answered with the first
 */
public record NewEntry(
        SenderId sender,
        ClientMessageId clientMessageId,
        MessageKind kind,
        Payload payload,
        MessageId messageId,
        Counting counting) {
    public NewEntry {
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(clientMessageId, "clientMessageId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(counting, "counting");
    }

    /** Without a message id, counted as unread for every reader. */
    public NewEntry(SenderId sender, ClientMessageId clientMessageId, MessageKind kind, Payload payload) {
        this(sender, clientMessageId, kind, payload, MessageId.NONE, Counting.COUNTED);
    }

    public static NewEntry text(String sender, String clientMessageId, String text) {
        return new NewEntry(
                new SenderId(sender),
                new ClientMessageId(clientMessageId),
                new MessageKind("text"),
                Payload.utf8(text));
    }

    /** Whether {@code entry} says the same, so that appending this one again is a repeat and not a conflict. */
    public boolean saysTheSameAs(Entry entry) {
        return kind.equals(entry.kind()) && payload.equals(entry.payload());
    }
}
