package io.tideline.core.erase;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Hears what was erased, to drop what it has made of it: a search index, a cache. */
@FunctionalInterface
public interface ErasureListener {
    /**
     * These entries are markers in every tier. Told after each of them is, at least once, and again by every later
     * erasure that comes by; an erasure does not go on before the future completes, and repeats when it fails.
     *
     * @param seqs in order, at most {@value io.tideline.core.tier.TableTier#MAX_ERASED}
     */
    CompletableFuture<Void> erased(TimelineId timeline, List<SequenceId> seqs, Deadline deadline);
}
