package io.tideline.scheduler;

import io.tideline.core.tier.TierLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What becomes of the entries of a timeline as they age.
 *
 * @param hot what the hot tier keeps
 * @param warm what the warm tier keeps, counted from the head as the hot tier's; the rest is due for the archive
 * @param retention after how long entries are dropped, from whatever tier, more than 0; empty for never
 */
public record TierRule(TierLimit hot, TierLimit warm, Optional<Duration> retention) {
    public TierRule {
        Objects.requireNonNull(hot, "hot");
        Objects.requireNonNull(warm, "warm");
        if (retention.isPresent()
                && (retention.get().isNegative() || retention.get().isZero())) {
            throw new IllegalArgumentException(
                    "retention: " + retention.get() + " (expected: more than 0: everybody must have time to read)");
        }
    }

    /** The same with another retention. */
    TierRule withRetention(Optional<Duration> other) {
        return new TierRule(hot, warm, other);
    }

    /** Nothing goes into the archive. */
    public static TierRule unarchived(TierLimit hot, Optional<Duration> retention) {
        return new TierRule(hot, TierLimit.NONE, retention);
    }
}
