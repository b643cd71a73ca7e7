package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The port to a tier that is a table: hot or warm. All writes are idempotent. */
public interface TableTier extends TierReader {
    /** What the tier holds of a range of any length. */
    CompletableFuture<RangeDigest> digest(EntryRange range, Deadline deadline);

    /**
     * Lets go of all entries up to {@code through}: nobody reads them any more, and the next compactions drop them
     * without leaving tombstones. Never goes back; lesser values than an earlier one are without effect.
     */
    CompletableFuture<Void> release(TimelineId timeline, SequenceId through, Deadline deadline);

    /**
     * Replaces entries by markers that keep seq, time and running count and say nothing else. What is not in the tier stays
     * so.
     *
     * @param seqs at most {@value #MAX_ERASED}
     * @return how many entries were replaced now
     */
    CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline);

    int MAX_ERASED = 1000;
}
