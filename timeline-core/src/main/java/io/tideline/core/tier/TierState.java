package io.tideline.core.tier;

import io.tideline.core.timeline.Watermarks;

/**
 * A timeline's watermarks and how often they were changed. Whoever moves entries remembers the epoch from before the copy,
 * and commits on it: another mover, an erasure or a restore in between makes the commit fail.
 *
 * @param epoch 0 or more
 */
public record TierState(Watermarks watermarks, long epoch) {
    public static final TierState INITIAL = new TierState(Watermarks.NONE, 0);

    /** The state after a change to {@code next}. */
    public TierState moved(Watermarks next) {
        return new TierState(next, epoch + 1);
    }
}
