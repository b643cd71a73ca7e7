package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import java.util.concurrent.CompletableFuture;

/** The port to the watermarks that route every read. */
public interface WatermarkStore {
    /** {@link TierState#INITIAL} for a timeline of which nothing was ever moved. */
    CompletableFuture<TierState> state(TimelineId timeline, Deadline deadline);

    /**
     * Writes {@code next} if {@code expected} still stands, in one step.
     *
     * @param next of the epoch after that of {@code expected}
     * @return whether it was written; a caller that got no answer asks for the state to find out
     */
    CompletableFuture<Boolean> replace(TimelineId timeline, TierState expected, TierState next, Deadline deadline);
}
