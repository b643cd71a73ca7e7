package io.tideline.sync.consumer;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;

/**
 * The entries of one timeline that come next, without a hole.
 *
 * @param through what to commit once all are processed
 * @param head the last seq there is
 */
public record ConsumerBatch(
        TimelineId timeline, List<Entry> entries, List<Gap> gaps, SequenceId through, SequenceId head) {
    public ConsumerBatch {
        entries = List.copyOf(entries);
        gaps = List.copyOf(gaps);
    }
}
