package io.tideline.core.erase;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierReader;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The port that erases in files. */
public interface ColdErasure {
    /**
     * Marks entries as erased. When the future completes, nobody who reads through the archive gets what was there; the
     * files themselves still say it, to whoever reads them, until {@link #rewrite}. Idempotent; what is not in the files
     * stays so.
     *
     * @param seqs at most {@value io.tideline.core.tier.TableTier#MAX_ERASED}
     * @return how many entries were marked now
     */
    CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline);

    /** Reads what the files say, whatever was marked since they were written: as engines do that know only the files. */
    TierReader asStored();

    /**
     * Writes anew all files that have marked entries: of these, seq, time and running count are left. When it is done, no
     * live file that can be read says what was marked before. One that cannot be read keeps no other from being replaced.
     *
     * @return empty when somebody else works on the files, to be asked again with a pause
     */
    CompletableFuture<Optional<Rewritten>> rewrite(Deadline deadline);
}
