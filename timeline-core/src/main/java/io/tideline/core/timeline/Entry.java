package io.tideline.core.timeline;

import java.time.Instant;
import java.util.Objects;

/**
 * One committed row of a timeline.
 *
 * @param seq 1 or more
 * @param serverTime when it was committed, milliseconds of wall time, never before that of a smaller seq
 */
public record Entry(
        SequenceId seq,
        SenderId sender,
        ClientMessageId clientMessageId,
        MessageKind kind,
        Payload payload,
        Instant serverTime) {
    public Entry {
        if (seq.isNone()) {
            throw new IllegalArgumentException("seq: 0 (expected: 1 or more)");
        }
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(clientMessageId, "clientMessageId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(serverTime, "serverTime");
    }

    public static Entry of(SequenceId seq, NewEntry entry, Instant serverTime) {
        return new Entry(seq, entry.sender(), entry.clientMessageId(), entry.kind(), entry.payload(), serverTime);
    }
}
