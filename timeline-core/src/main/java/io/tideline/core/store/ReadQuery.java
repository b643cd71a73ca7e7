package io.tideline.core.store;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/**
 * A range of one timeline, to be read a page at a time.
 *
 * @param from the first seq wanted, 1 or more. Backward, {@link SequenceId#NONE} means the head
 * @param to the last seq wanted, included. Forward, {@link SequenceId#NONE} means as far as there is; backward it means 1
 * @param maxEntries 1 to {@value #MAX_ENTRIES}
 * @param maxBytes payload bytes after which a page ends, 1 or more; the first entry is always served
 * @param floor a seq that the caller knows to be committed, or {@link SequenceId#NONE}: an answer from before it is
 *     stale, and is asked for again instead of served
 */
public record ReadQuery(
        TimelineId timeline,
        SequenceId from,
        SequenceId to,
        Direction direction,
        int maxEntries,
        int maxBytes,
        SequenceId floor) {
    public static final int MAX_ENTRIES = 1000;
    /** 2 MiB: a page fits into gRPC's default message size with room for its envelope. */
    public static final int DEFAULT_MAX_BYTES = 2 * 1024 * 1024;

    public ReadQuery {
        Objects.requireNonNull(timeline, "timeline");
        if (direction == Direction.FORWARD && from.isNone()) {
            throw new IllegalArgumentException("from: 0 (expected: 1 or more)");
        }
        boolean reversed = direction == Direction.FORWARD ? from.isAfter(to) : to.isAfter(from);
        if (!from.isNone() && !to.isNone() && reversed) {
            throw new IllegalArgumentException(
                    "to: " + to + " (expected: not before from " + from + " in direction " + direction + ")");
        }
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException("maxEntries: " + maxEntries + " (expected: 1.." + MAX_ENTRIES + ")");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 1 or more)");
        }
    }

    /** Forward from {@code from} as far as there is, at most {@code maxEntries}. */
    public static ReadQuery forward(TimelineId timeline, long from, int maxEntries) {
        return new ReadQuery(
                timeline,
                SequenceId.of(from),
                SequenceId.NONE,
                Direction.FORWARD,
                maxEntries,
                DEFAULT_MAX_BYTES,
                SequenceId.NONE);
    }

    /** Backward from the head, at most {@code maxEntries}. */
    public static ReadQuery latest(TimelineId timeline, int maxEntries) {
        return new ReadQuery(
                timeline,
                SequenceId.NONE,
                SequenceId.NONE,
                Direction.BACKWARD,
                maxEntries,
                DEFAULT_MAX_BYTES,
                SequenceId.NONE);
    }

    public ReadQuery withFrom(SequenceId newFrom) {
        return new ReadQuery(timeline, newFrom, to, direction, maxEntries, maxBytes, floor);
    }

    public ReadQuery withFloor(SequenceId newFloor) {
        return new ReadQuery(timeline, from, to, direction, maxEntries, maxBytes, newFloor);
    }
}
