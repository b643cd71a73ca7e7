package io.tideline.core.record;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/**
 * How far a reader has read a timeline: a register whose version is {@code through}, so the farthest one stays.
 *
 * @param reader 1 to 128 bytes of UTF-8
 * @param through 1 or more
 * @param counted the running count of the entry at {@code through}
 */
public record ReadMark(TimelineId timeline, String reader, SequenceId through, long counted) {
    public ReadMark {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(reader, "reader");
        if (through.isNone() || counted < 0 || counted > through.value()) {
            throw new IllegalArgumentException(
                    "read mark: " + through + " with count " + counted + " (expected: 1 or more, 0.." + through + ")");
        }
    }
}
