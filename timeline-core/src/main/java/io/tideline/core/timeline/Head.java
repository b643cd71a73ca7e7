package io.tideline.core.timeline;

import java.time.Instant;
import java.util.Objects;

/**
 * How far a timeline has come. Outlives every entry: when all have expired, {@code last} still stands.
 *
 * @param last the last committed seq; {@link SequenceId#NONE} when nothing was ever appended
 * @param lastTime server time of {@code last}; {@link Instant#EPOCH} when nothing was ever appended
 */
public record Head(SequenceId last, Instant lastTime, Watermarks watermarks) {
    public static final Head EMPTY = new Head(SequenceId.NONE, Instant.EPOCH, Watermarks.NONE);

    public Head {
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(lastTime, "lastTime");
        Objects.requireNonNull(watermarks, "watermarks");
    }
}
