package io.tideline.core.record;

import io.tideline.core.timeline.Payload;
import java.util.List;
import java.util.Objects;

/**
 * A record that is written in the same step as an entry, or not at all. Its owner is the entry's timeline, its version
 * the entry's seq, its count the entry's. When the entry is a repeat, nothing is written: it was the first time.
 *
 * @param entryIndex which entry of the append, from 0
 */
public record Attachment(int entryIndex, RecordKind kind, List<KeyPart> parts, Payload value) {
    public Attachment {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(value, "value");
        parts = List.copyOf(parts);
    }

    public static Attachment of(int entryIndex, RecordKind kind, Payload value, KeyPart... parts) {
        return new Attachment(entryIndex, kind, List.of(parts), value);
    }
}
