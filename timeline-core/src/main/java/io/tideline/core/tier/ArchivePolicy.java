package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The port that says what the warm tier keeps of timelines; the rest is due for the archive. */
@FunctionalInterface
public interface ArchivePolicy {
    /** The most timelines of one question. */
    int MAX_TIMELINES = 1000;

    /**
     * Limits by timeline; a timeline that is not in the answer is held: nothing of it may be archived now.
     *
     * @param timelines at most {@value #MAX_TIMELINES}
     */
    CompletableFuture<Map<TimelineId, TierLimit>> limits(List<TimelineId> timelines, Deadline deadline);
}
