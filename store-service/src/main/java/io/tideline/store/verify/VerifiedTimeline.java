package io.tideline.store.verify;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;

/**
 * What a walk through one timeline found.
 *
 * @param expired seqs that retention has dropped
 * @param last the last seq that was seen
 * @param findings the first of {@code findingCount}
 */
public record VerifiedTimeline(
        TimelineId timeline, long entries, long expired, SequenceId last, long findingCount, List<String> findings) {
    public VerifiedTimeline {
        findings = List.copyOf(findings);
    }

    public boolean isSound() {
        return findingCount == 0;
    }
}
