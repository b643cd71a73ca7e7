package io.tideline.core.tier;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How long entries of one conversation are kept, in place of what the policy says.
 *
 * @param keep older entries are dropped, more than 0 and at most {@value #MAX_DAYS} days; empty: none is
 */
public record OwnRetention(Optional<Duration> keep) {
    /** A hundred years, as good as for ever. */
    public static final long MAX_DAYS = 36_525;

    public static final OwnRetention FOR_EVER = new OwnRetention(Optional.empty());

    public OwnRetention {
        Objects.requireNonNull(keep, "keep");
        if (keep.isPresent() && !isPossible(keep.get())) {
            throw new IllegalArgumentException(
                    "retention: " + keep.get() + " (expected: 1 millisecond to " + MAX_DAYS + " days)");
        }
    }

    public static OwnRetention of(Duration keep) {
        return new OwnRetention(Optional.of(keep));
    }

    private static boolean isPossible(Duration keep) {
        return keep.compareTo(Duration.ofMillis(1)) >= 0 && keep.compareTo(Duration.ofDays(MAX_DAYS)) <= 0;
    }
}
