package io.tideline.core.record;

import io.tideline.core.timeline.Payload;
import java.util.Objects;

/**
 * One register.
 *
 * @param version 1 or more, less than {@link Long#MAX_VALUE}; the highest one written stays
 * @param counted for a record that was attached to an entry, the entry's running count; else 0
 * @param value opaque; of the kinds that guards ask about, the first byte is the level
 */
public record TimelineRecord(RecordKey key, long version, long counted, Payload value) {
    public TimelineRecord {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        if (version < 1 || version == Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "version: " + version + " (expected: 1 or more, less than " + Long.MAX_VALUE + ")");
        }
    }

    public TimelineRecord(RecordKey key, long version, Payload value) {
        this(key, version, 0, value);
    }
}
