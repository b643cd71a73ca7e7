package io.tideline.hbase.archive;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;

/** How many entries of a timeline are due, by a binary search over seqs: times never fall. Blocks. */
final class DueSearch {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TierReader warm;

    DueSearch(TierReader warm) {
        this.warm = warm;
    }

    long count(TimelineId timeline, PlanEntry entry) {
        long known = Math.min(entry.dueSeq(), entry.to());
        long low = Math.max(entry.from() - 1, known);
        long high = entry.to();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (isDue(timeline, middle, entry)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low - entry.from() + 1;
    }

    private boolean isDue(TimelineId timeline, long seq, PlanEntry entry) {
        RangeSlice found = Futures.get(
                warm.read(EntryRange.of(timeline, seq, seq), Direction.FORWARD, 1, Deadline.after(TIMEOUT)));
        // Of an erased entry the time is not shown; whatever is beside it decides in the end.
        return found.entries().isEmpty()
                || entry.isDue(seq, found.entries().get(0).serverTime().toEpochMilli());
    }
}
