package io.tideline.core.store;

import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.ReadMark;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The port to read marks, which stand beside the head, so that both are read in one step and of one moment. An entry
 * that is {@link io.tideline.core.timeline.Counting#SENT} raises its sender's mark. Futures fail and complete as those of
 * {@link RecordStore}.
 */
public interface ReadMarkStore {
    /** Raises marks; of each (timeline, reader) the farthest stays. */
    CompletableFuture<Void> raiseMarks(List<ReadMark> marks, Deadline deadline);

    /**
     * Heads with the marks of one reader. Timelines that nobody ever appended to are absent.
     *
     * @param queries 0 to {@value TimelineStore#MAX_HEADS}
     */
    CompletableFuture<Map<TimelineId, MarkedHead>> markedHeads(
            String reader, List<HeadQuery> queries, Deadline deadline);

    /**
     * One page of the marks of all readers of a timeline, in a stable order.
     *
     * @param after the reader to go on after; empty to begin
     * @param maxMarks 1 to 10,000
     */
    CompletableFuture<MarkPage> marks(TimelineId timeline, Optional<String> after, int maxMarks, Deadline deadline);

    /**
     * What was found.
     *
     * @param complete false when more follow: go on after the last mark's reader
     */
    record MarkPage(List<ReadMark> marks, boolean complete) {
        public MarkPage {
            marks = List.copyOf(marks);
        }
    }
}
