package io.tideline.scheduler;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;

/**
 * Entries that are to leave the hot tier.
 *
 * @param first the first that is hot
 * @param through the last that is to leave, {@code first} or more
 */
public record MovePlan(TimelineId timeline, SequenceId first, SequenceId through) {
    public long entries() {
        return through.value() - first.value() + 1;
    }
}
