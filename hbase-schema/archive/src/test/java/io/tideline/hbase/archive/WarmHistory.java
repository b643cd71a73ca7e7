package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.store.HBaseStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Timelines with times of years ago, moved into the warm table, and what is to be read of them ever after. */
final class WarmHistory {
    static final Instant BEGIN = Instant.parse("2010-01-01T00:00:00Z");

    private final HBaseStorage storage;

    WarmHistory(HBaseStorage storage) {
        this.storage = storage;
    }

    /** Appends an entry an hour. */
    void append(TimelineId timeline, int count) {
        append(timeline, 0, count);
    }

    /** Goes on after the first {@code before}. */
    void append(TimelineId timeline, int before, int count) {
        Random random = new Random(timeline.hashCode());
        for (int from = before; from < count; from += 200) {
            List<NewEntry> entries = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + 200); i++) {
                entries.add(NewEntry.text(
                                "user" + random.nextInt(20),
                                "m" + i,
                                "message " + i + " of " + timeline.name() + " " + random.nextLong())
                        .withOriginalTime(BEGIN.plus(Duration.ofHours(i))));
            }
            await(storage.store().append(new TimelineAppend(timeline, entries), soon()));
        }
    }

    /** Moves everything up to a seq, as the scheduler does. */
    void move(TimelineId timeline, long through) {
        TierState state = await(storage.watermarks().state(timeline, soon()));
        long from = state.watermarks().warmThrough().value() + 1;
        await(storage.warm().copyFromHot(EntryRange.of(timeline, from, through), soon()));
        TierState next = state.moved(state.watermarks().withWarmThrough(SequenceId.of(through)));
        if (!await(storage.watermarks().replace(timeline, state, next, soon()))) {
            throw new AssertionError("the watermarks changed");
        }
        await(storage.hot().release(timeline, next.watermarks().hotReleased(), soon()));
    }

    /** All of it, forward, and checked backward. */
    List<TimelinePage> pages(TimelineId timeline, Direction direction) {
        List<TimelinePage> pages = new ArrayList<>();
        SequenceId next = SequenceId.of(direction == Direction.FORWARD ? 1 : 0);
        StopReason stop;
        do {
            TimelinePage page = await(
                    storage.store().read(query(timeline, direction, next), Deadline.after(Duration.ofSeconds(20))));
            pages.add(page);
            next = page.next();
            stop = page.stop();
        } while (stop == StopReason.PAGE_FULL);
        return pages;
    }

    private static ReadQuery query(TimelineId timeline, Direction direction, SequenceId from) {
        return new ReadQuery(
                timeline, from, SequenceId.NONE, direction, 50, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
    }

    List<Entry> entries(TimelineId timeline, Direction direction) {
        List<Entry> entries = new ArrayList<>();
        pages(timeline, direction).forEach(page -> entries.addAll(page.entries()));
        if (direction == Direction.BACKWARD) {
            Collections.reverse(entries);
        }
        return entries;
    }

    static List<SequenceId> seqs(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(SequenceId::of).toList();
    }
}
