package io.tideline.core.tier;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/**
 * Seqs of one timeline, both ends included.
 *
 * @param first 1 or more
 * @param last {@code first} or more
 */
public record EntryRange(TimelineId timeline, SequenceId first, SequenceId last) {
    public EntryRange {
        Objects.requireNonNull(timeline, "timeline");
        if (first.isNone() || first.isAfter(last)) {
            throw new IllegalArgumentException("range: " + first + ".." + last + " (expected: 1 <= first <= last)");
        }
    }

    public static EntryRange of(TimelineId timeline, long first, long last) {
        return new EntryRange(timeline, SequenceId.of(first), SequenceId.of(last));
    }

    /** How many seqs. */
    public long length() {
        return last.value() - first.value() + 1;
    }
}
