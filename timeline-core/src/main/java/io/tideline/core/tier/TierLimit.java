package io.tideline.core.tier;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a tier keeps; an entry leaves as soon as one of the limits says so. Without limits nothing leaves.
 *
 * @param age older entries leave, by server time
 * @param entries entries further behind the head leave, 1 or more
 * @param bytes the oldest entries leave until a timeline has at most so many bytes, uncompressed, in the tier, 1 or more
 */
public record TierLimit(Optional<Duration> age, OptionalLong entries, OptionalLong bytes) {
    public static final TierLimit NONE = new TierLimit(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

    public TierLimit {
        if (age.isPresent() && age.get().isNegative()) {
            throw new IllegalArgumentException("age: " + age.get() + " (expected: 0 or more)");
        }
        atLeastOne("entries", entries);
        atLeastOne("bytes", bytes);
    }

    public static TierLimit age(Duration age) {
        return new TierLimit(Optional.of(age), OptionalLong.empty(), OptionalLong.empty());
    }

    private static void atLeastOne(String what, OptionalLong limit) {
        if (limit.isPresent() && limit.getAsLong() < 1) {
            throw new IllegalArgumentException(what + ": " + limit.getAsLong() + " (expected: 1 or more)");
        }
    }
}
