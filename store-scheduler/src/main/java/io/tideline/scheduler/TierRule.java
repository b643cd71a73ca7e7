package io.tideline.scheduler;

import io.tideline.core.tier.TierLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What becomes of the entries of a timeline as they age.
 *
 * @param hot what the hot tier keeps
 * @param retention after how long entries are dropped, from whatever tier, more than 0; empty for never
 */
public record TierRule(TierLimit hot, Optional<Duration> retention) {
    public TierRule {
        Objects.requireNonNull(hot, "hot");
        if (retention.isPresent()
                && (retention.get().isNegative() || retention.get().isZero())) {
            throw new IllegalArgumentException(
                    "retention: " + retention.get() + " (expected: more than 0: everybody must have time to read)");
        }
    }
}
