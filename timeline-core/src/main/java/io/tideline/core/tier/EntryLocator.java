package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The port for operators that says more about where an entry lies than which tier. */
public interface EntryLocator {
    /**
     * What there is to say: table and region, or file and row.
     *
     * @param tier in which the watermarks say that the entry is
     */
    CompletableFuture<Map<String, String>> locate(TimelineId timeline, SequenceId seq, Tier tier, Deadline deadline);
}
