package io.tideline.core.store;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.List;

/**
 * A page of a timeline. Entries and gaps together cover the seqs from the query's {@code from} to the page's end
 * without a hole: a page is complete or an error, never short.
 *
 * @param entries in the query's direction
 * @param gaps in the query's direction; ranges that were assigned and are not there any more
 * @param stop why the page ends where it does
 * @param next the {@code from} that goes on where this page ended; {@link SequenceId#NONE} when a backward read has
 *     reached the start
 * @param last the last committed seq of the timeline as far as this read knows it: at least every seq in the page
 */
public record TimelinePage(List<Entry> entries, List<Gap> gaps, StopReason stop, SequenceId next, SequenceId last) {
    /** Why a page ended. */
    public enum StopReason {
        /** The page is full; more may follow. */
        PAGE_FULL,
        /** Everything up to the query's {@code to} was served. */
        RANGE_END,
        /** Forward: everything up to {@code last} was served; later appends start at {@code next}, one after it. */
        HEAD,
        /** Backward: seq 1 was reached. */
        START,
        /** {@code from} lies more than one beyond the last committed seq: nothing was ever there. */
        BEYOND_HEAD
    }

    public TimelinePage {
        entries = List.copyOf(entries);
        gaps = List.copyOf(gaps);
    }
}
