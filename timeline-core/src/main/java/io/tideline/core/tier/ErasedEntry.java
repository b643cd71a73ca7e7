package io.tideline.core.tier;

import io.tideline.core.timeline.SequenceId;
import java.time.Instant;
import java.util.Objects;

/**
 * What is left of an erased entry.
 *
 * @param serverTime that of the entry
 * @param counted the running count at the entry, 0 or more
 */
public record ErasedEntry(SequenceId seq, Instant serverTime, long counted) {
    public ErasedEntry {
        Objects.requireNonNull(serverTime, "serverTime");
        if (seq.isNone() || counted < 0) {
            throw new IllegalArgumentException("erased: " + seq + ", counted " + counted + " (expected: 1.., 0..)");
        }
    }
}
