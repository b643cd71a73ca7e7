package io.tideline.core.record;

import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;

/**
 * A head and one reader's mark, of one moment.
 *
 * @param readThrough {@link SequenceId#NONE} when the reader has read nothing
 * @param readCounted the running count of the entry at {@code readThrough}; 0 for none
 */
public record MarkedHead(Head head, SequenceId readThrough, long readCounted) {
    public static final MarkedHead EMPTY = new MarkedHead(Head.EMPTY, SequenceId.NONE, 0);
}
