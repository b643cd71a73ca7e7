package io.tideline.core.timeline;

import java.time.Instant;
import java.util.Objects;

/**
 * One committed row of a timeline. The shape of what is stored, hence its eight parts.
 *
 * @param seq 1 or more
 * @param messageId {@link MessageId#NONE} when no message service gave one
 * @param serverTime when it was committed, milliseconds of wall time, never before that of a smaller seq
 * @param counted how many entries up to this one, itself included, count as unread for a reader: unread is the
 *     difference of two of these
 */
public record Entry(
        SequenceId seq,
        MessageId messageId,
        SenderId sender,
        ClientMessageId clientMessageId,
        MessageKind kind,
        Payload payload,
        Instant serverTime,
        long counted) {
    public Entry {
        if (seq.isNone()) {
            throw new IllegalArgumentException("seq: 0 (expected: 1 or more)");
        }
        if (counted < 0 || counted > seq.value()) {
            throw new IllegalArgumentException("counted: " + counted + " (expected: 0.." + seq + ")");
        }
        Objects.requireNonNull(messageId, "messageId");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(clientMessageId, "clientMessageId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(serverTime, "serverTime");
    }

    /** What {@code entry} becomes once it stands at {@code seq}. */
    public static Entry of(SequenceId seq, NewEntry entry, Instant serverTime, long counted) {
        return new Entry(
                seq,
                entry.messageId(),
                entry.sender(),
                entry.clientMessageId(),
                entry.kind(),
                entry.payload(),
                serverTime,
                counted);
    }
}
