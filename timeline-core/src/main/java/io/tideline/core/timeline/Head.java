package io.tideline.core.timeline;

import java.time.Instant;
import java.util.Objects;

/**
 * How far a timeline has come. Outlives every entry: when all have expired, {@code last} still stands.
 *
 * @param last the last committed seq; {@link SequenceId#NONE} when nothing was ever appended
 * @param lastTime server time of {@code last}; {@link Instant#EPOCH} when nothing was ever appended
 * @param counted how many entries up to {@code last} count as unread for a reader
 * @param lastDiscounted the greatest seq of an entry that counted and was taken back (recalled, deleted), or {@link
 *     SequenceId#NONE}: who has read beyond it needs to look for none
 */
public record Head(SequenceId last, Instant lastTime, Watermarks watermarks, long counted, SequenceId lastDiscounted) {
    public static final Head EMPTY = new Head(SequenceId.NONE, Instant.EPOCH, Watermarks.NONE, 0, SequenceId.NONE);

    public Head {
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(lastTime, "lastTime");
        Objects.requireNonNull(watermarks, "watermarks");
        Objects.requireNonNull(lastDiscounted, "lastDiscounted");
        if (counted < 0 || counted > last.value()) {
            throw new IllegalArgumentException("counted: " + counted + " (expected: 0.." + last + ")");
        }
    }
}
