package io.tideline.core.timeline;

import java.util.Objects;

/** An entry on its way in: everything but what the server assigns. */
public record NewEntry(SenderId sender, ClientMessageId clientMessageId, MessageKind kind, Payload payload) {
    public NewEntry {
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(clientMessageId, "clientMessageId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(payload, "payload");
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
