package io.tideline.core.erase;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The port that erases in files. */
public interface ColdErasure {
    /**
     * Makes entries markers that keep seq, time and running count and say nothing else. When the future completes, no
     * reader of the archive, whichever way it reads, gets what was there. Idempotent; what is not in the files stays so.
     *
     * @param seqs at most {@value io.tideline.core.tier.TableTier#MAX_ERASED}
     * @return how many entries were replaced now
     */
    CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline);
}
