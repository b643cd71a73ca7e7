package io.tideline.sync.consumer;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;

/** What became of a commit. */
public sealed interface CommitOutcome {
    /** Stored, where it is above what was committed before. */
    record Committed() implements CommitOutcome {}

    /**
     * There is no such seq yet; nothing was stored.
     *
     * @param head the last seq there is
     */
    record BeyondHead(TimelineId timeline, SequenceId head) implements CommitOutcome {}
}
