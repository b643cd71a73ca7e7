package io.tideline.core.record;

import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Objects;

/** The full name of a record: whose rows it stands among, what it is, and the parts that its kind names. */
public record RecordKey(TimelineId owner, RecordKind kind, List<KeyPart> parts) {
    public RecordKey {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(kind, "kind");
        parts = List.copyOf(parts);
    }

    public static RecordKey of(TimelineId owner, RecordKind kind, KeyPart... parts) {
        return new RecordKey(owner, kind, List.of(parts));
    }

    /** The text at {@code index}. @throws IllegalArgumentException when a number stands there */
    public String text(int index) {
        if (parts.get(index) instanceof KeyPart.Text text) {
            return text.value();
        }
        throw new IllegalArgumentException("key part " + index + " of " + kind + ": a number (expected: a text)");
    }

    /** The number at {@code index}. @throws IllegalArgumentException when a text stands there */
    public long number(int index) {
        if (parts.get(index) instanceof KeyPart.Ordinal number) {
            return number.value();
        }
        throw new IllegalArgumentException("key part " + index + " of " + kind + ": a text (expected: a number)");
    }
}
