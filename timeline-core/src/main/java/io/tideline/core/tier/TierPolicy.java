package io.tideline.core.tier;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What becomes of the entries of one kind of timelines.
 *
 * @param hot what the hot tier keeps
 * @param warm what hot and warm tier keep together; what leaves goes into the archive when {@code archived}, else it stays warm
 * @param archived whether entries ever go into the archive
 * @param retention after how long entries are dropped, from whatever tier; empty for never
 */
public record TierPolicy(TierLimit hot, TierLimit warm, boolean archived, Optional<Duration> retention) {
    /** Hot for a month, warm for a year, then archived; never dropped. */
    public static final TierPolicy DEFAULT = new TierPolicy(
            TierLimit.age(Duration.ofDays(30)), TierLimit.age(Duration.ofDays(365)), true, Optional.empty());

    public TierPolicy {
        Objects.requireNonNull(hot, "hot");
        Objects.requireNonNull(warm, "warm");
        if (retention.isPresent()
                && (retention.get().isNegative() || retention.get().isZero())) {
            throw new IllegalArgumentException("retention: " + retention.get() + " (expected: more than 0)");
        }
    }
}
