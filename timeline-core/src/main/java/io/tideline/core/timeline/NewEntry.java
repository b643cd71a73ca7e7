package io.tideline.core.timeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry on its way in: everything but what the storage assigns.
 *
 * @param messageId {@link MessageId#NONE} for none. Not part of what is said: a repeat may bring another one, and is
 *     answered with the first
 * @param originalTime of an entry that is imported: its server time is this, or that of the entry before it if that is
 *     later, and not the present. 1970 to 9999, cut to milliseconds. Not part of what is said
 */
public record NewEntry(
        SenderId sender,
        ClientMessageId clientMessageId,
        MessageKind kind,
        Payload payload,
        MessageId messageId,
        Counting counting,
        Optional<Instant> originalTime) {
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

    public NewEntry {
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(clientMessageId, "clientMessageId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(counting, "counting");
        originalTime = originalTime.map(NewEntry::checked);
    }

    private static Instant checked(Instant time) {
        if (time.isBefore(Instant.EPOCH) || time.isAfter(LAST_TIME)) {
            throw new IllegalArgumentException("originalTime: " + time + " (expected: 1970 to 9999)");
        }
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    /** An entry of the present. */
    public NewEntry(
            SenderId sender,
            ClientMessageId clientMessageId,
            MessageKind kind,
            Payload payload,
            MessageId messageId,
            Counting counting) {
        this(sender, clientMessageId, kind, payload, messageId, counting, Optional.empty());
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

    /** The same entry, imported from {@code time}. */
    public NewEntry withOriginalTime(Instant time) {
        return new NewEntry(sender, clientMessageId, kind, payload, messageId, counting, Optional.of(time));
    }

    /** Whether {@code entry} says the same, so that appending this one again is a repeat and not a conflict. */
    public boolean saysTheSameAs(Entry entry) {
        return kind.equals(entry.kind()) && payload.equals(entry.payload());
    }
}
