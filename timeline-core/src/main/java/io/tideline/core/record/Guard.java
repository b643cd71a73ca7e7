package io.tideline.core.record;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What must hold of a record of the timeline for an append to be carried out, looked at in the same step. Only kinds that
 * guards are never wrong about ({@link RecordKind#canBeGuarded}) can be asked about.
 *
 * @param version the record must have exactly this version, 0 meaning that it must not exist; empty when any will do
 * @param leastLevel the first byte of the record's value must be at least this, 0 to 127; a missing record has level 0
 */
public record Guard(RecordKind kind, List<KeyPart> parts, OptionalLong version, int leastLevel) {
    public Guard {
        Objects.requireNonNull(version, "version");
        parts = List.copyOf(parts);
        if (!kind.canBeGuarded()) {
            throw new IllegalArgumentException("guard kind: " + kind + " (expected: CONVERSATION, MEMBER or CHANGE)");
        }
        if (leastLevel < 0 || leastLevel > 127) {
            throw new IllegalArgumentException("leastLevel: " + leastLevel + " (expected: 0..127)");
        }
    }

    public static Guard level(int leastLevel, RecordKind kind, KeyPart... parts) {
        return new Guard(kind, List.of(parts), OptionalLong.empty(), leastLevel);
    }

    public static Guard version(long version, RecordKind kind, KeyPart... parts) {
        return new Guard(kind, List.of(parts), OptionalLong.of(version), 0);
    }

    /** Whether a record of this version (0: none) and level (0: none) is acceptable. */
    public boolean accepts(long foundVersion, int foundLevel) {
        return foundLevel >= leastLevel && (version.isEmpty() || version.getAsLong() == foundVersion);
    }
}
