package io.tideline.core.tier;

import static io.tideline.core.store.TimelinePage.StopReason;

import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;

/** Puts slices together and checks that each seq is there, as an entry or in a gap. For one page and one thread. */
final class PageAssembly {
    private final ReadQuery query;
    private final boolean forward;
    private final int step;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long next;
    private long bytes;
    private boolean full;

    /** @param from where the page begins */
    PageAssembly(ReadQuery query, long from) {
        this.query = query;
        this.forward = query.direction() == Direction.FORWARD;
        this.step = forward ? 1 : -1;
        this.next = from;
    }

    /** Whether the page's limits have ended it. */
    boolean full() {
        return full;
    }

    boolean expired(Gap gap) {
        gaps.add(gap);
        next = pastOf(gap);
        return true;
    }

    /** Takes what one tier has of {@code first..last}; returns false when something is missing there. */
    boolean add(RangeSlice slice, long first, long last) {
        int entry = 0;
        int gap = 0;
        while (first <= next && next <= last) {
            if (gap < slice.gaps().size() && start(slice.gaps().get(gap)) == next) {
                Gap found = slice.gaps().get(gap++);
                addGap(found);
                next = pastOf(found);
            } else if (entry < slice.entries().size()
                    && slice.entries().get(entry).seq().value() == next) {
                if (!addEntry(slice.entries().get(entry++))) {
                    return true;
                }
            } else {
                // A tier ends its slice early only by bytes.
                full = bytes >= query.maxBytes() && !entries.isEmpty();
                return full;
            }
        }
        return true;
    }

    private long start(Gap gap) {
        return (forward ? gap.from() : gap.to()).value();
    }

    private long pastOf(Gap gap) {
        return (forward ? gap.to() : gap.from()).value() + step;
    }

    /** Neighbours of one type become one. */
    private void addGap(Gap gap) {
        int at = gaps.size() - 1;
        if (at >= 0 && gaps.get(at).type() == gap.type()) {
            Gap before = gaps.get(at);
            if (forward && before.to().next().equals(gap.from())) {
                gaps.set(at, new Gap(before.from(), gap.to(), gap.type(), gap.counted()));
                return;
            }
            if (!forward && gap.to().next().equals(before.from())) {
                gaps.set(at, new Gap(gap.from(), before.to(), gap.type(), before.counted()));
                return;
            }
        }
        gaps.add(gap);
    }

    private boolean addEntry(Entry entry) {
        long size = entry.payload().size();
        if (!entries.isEmpty() && (bytes + size > query.maxBytes() || entries.size() == query.maxEntries())) {
            full = true;
            return false;
        }
        entries.add(entry);
        bytes += size;
        next += step;
        return true;
    }

    /** @param to where the read was to end at the latest: the head, 1, or what the query says */
    TimelinePage page(long to, long last) {
        boolean reachedEnd = forward ? next > to : next < to;
        return new TimelinePage(
                entries,
                gaps,
                reachedEnd ? reasonAtEnd(to) : StopReason.PAGE_FULL,
                SequenceId.of(next),
                SequenceId.of(last));
    }

    private StopReason reasonAtEnd(long to) {
        if (forward) {
            return query.to().value() == to ? StopReason.RANGE_END : StopReason.HEAD;
        }
        return next == 0 ? StopReason.START : StopReason.RANGE_END;
    }
}
