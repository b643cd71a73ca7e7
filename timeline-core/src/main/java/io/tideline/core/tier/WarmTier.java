package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The warm tier: what is copied into it replaces what was there. */
public interface WarmTier extends TableTier {
    /**
     * Copies a range of the hot tier as it is stored, markers of erased entries included.
     *
     * @param range of any length
     * @return what was read and written
     */
    CompletableFuture<RangeDigest> copyFromHot(EntryRange range, Deadline deadline);

    /**
     * Brings entries back from files.
     *
     * @param entries at most {@value TierReader#MAX_RANGE}, of one timeline
     * @param erased come back as the markers that they were
     */
    CompletableFuture<Void> restore(
            TimelineId timeline, List<Entry> entries, List<ErasedEntry> erased, Deadline deadline);

    /**
     * Takes back that entries after {@code through} were released, before they are brought back: compactions keep them from
     * now on. What compactions have dropped already stays away.
     *
     * @param through what remains released, may be none
     */
    CompletableFuture<Void> reopen(TimelineId timeline, SequenceId through, Deadline deadline);
}
