package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brings entries back into the warm table: compactions are told to keep them, they are written, read again and compared, and
 * only then readers are sent there. Their rows in files are for the caller, and so is the order: what is begun stands in the
 * catalog, and is undone by whoever writes next unless readers were sent there. Blocks.
 */
final class Restoration {
    private static final int PAGE_BYTES = 4 * 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ArchivePorts ports;
    private final ColdReader reader;
    private final Locators locators;

    Restoration(ArchivePorts ports, ColdReader reader, Locators locators) {
        this.ports = ports;
        this.reader = reader;
        this.locators = locators;
    }

    /**
     * What is to be brought back.
     *
     * @param state on which it is decided
     * @param rest up to where files are to keep the timeline
     * @param entries that come back; 0 when only files are to be cleared of them
     * @param files that have rows beyond
     */
    record Plan(TimelineId timeline, TierState state, long rest, long entries, Set<String> files) {
        boolean isDone() {
            return entries == 0 && files.isEmpty();
        }
    }

    /**
     * Changes nothing. Where all of it is in the warm table already there is nothing to do: a restore may be taken again after
     * its end.
     *
     * @throws IllegalArgumentException when it begins after all that was ever moved
     */
    Plan plan(ArchiveTask.Restore task) {
        TimelineId timeline = task.timeline();
        TierState state = Futures.get(ports.watermarks().state(timeline, deadline()));
        Watermarks marks = state.watermarks();
        if (task.from().isAfter(marks.warmThrough())) {
            throw new IllegalArgumentException("from: " + task.from() + " (expected: at most " + marks.coldThrough()
                    + ", the last entry in files)");
        }
        long first = task.from().max(marks.expiredThrough().next()).value();
        long last = marks.coldThrough().value();
        long rest = Math.min(first - 1, last);
        return new Plan(timeline, state, rest, last - rest, filesBeyond(timeline, rest));
    }

    /** Takes out what a restore brings back. */
    static Rewriter.Edit edit(TimelineId timeline, long rest) {
        return (of, row) -> of.equals(timeline) && row.seq() > rest ? null : row;
    }

    /** Writes the entries into the warm table, where nobody reads them yet. */
    void copy(Plan plan, WriterSession session) {
        if (plan.entries() == 0) {
            return;
        }
        Watermarks marks = plan.state().watermarks();
        SequenceId rest = SequenceId.of(plan.rest());
        Futures.get(ports.warm().reopen(plan.timeline(), rest.max(marks.expiredThrough()), deadline()));
        copy(new EntryRange(plan.timeline(), rest.next(), marks.coldThrough()), session);
    }

    /** Sends readers to the warm table. */
    void commit(Plan plan) {
        if (plan.entries() == 0) {
            return;
        }
        TierState next = plan.state().moved(plan.state().watermarks().withColdThrough(SequenceId.of(plan.rest())));
        if (!Futures.get(ports.watermarks().replace(plan.timeline(), plan.state(), next, deadline()))) {
            throw new OverloadedException(
                    "the timeline was changed while it was restored",
                    Map.of("timeline", plan.timeline().toString()),
                    null);
        }
    }

    /** Lets the warm table go of what was copied, unless readers are sent there already; answers whether. */
    boolean undone(TimelineId timeline, long rest) {
        Watermarks marks =
                Futures.get(ports.watermarks().state(timeline, deadline())).watermarks();
        if (marks.coldThrough().value() <= rest) {
            return false;
        }
        Futures.get(ports.warm().release(timeline, marks.warmReleased(), deadline()));
        return true;
    }

    Set<String> filesBeyond(TimelineId timeline, long through) {
        Set<String> files = new TreeSet<>();
        locators.visit(timeline, new Locators.Visitor() {
            @Override
            public void slice(Slice slice) {
                if (slice.last() > through) {
                    files.add(slice.file());
                }
            }

            @Override
            public void erased(TimelineId of, long seq) {
                // Comes back as erased, by the reader's word.
            }
        });
        return files;
    }

    private void copy(EntryRange range, WriterSession session) {
        long next = range.first().value();
        while (next <= range.last().value()) {
            session.checkpoint();
            session.progress().at("restore", next - range.first().value(), range.length());
            long to = Math.min(range.last().value(), next + TierReader.MAX_RANGE - 1);
            EntryRange page = EntryRange.of(range.timeline(), next, to);
            ColdReader.Rows rows = Futures.get(reader.rows(page, Direction.FORWARD, PAGE_BYTES, deadline()));
            RangeSlice found = rows.slice();
            long through = through(page, found);
            Futures.get(ports.warm().restore(range.timeline(), rows.entries(), rows.erased(), deadline()));
            EntryRange copied = EntryRange.of(range.timeline(), next, through);
            RangeSlice again = Futures.get(ports.warm().read(copied, Direction.FORWARD, Integer.MAX_VALUE, deadline()));
            if (!again.equals(found)) {
                throw new CorruptDataException(
                        "what was restored reads differently",
                        Map.of("timeline", range.timeline().toString()),
                        null);
            }
            next = through + 1;
        }
    }

    /** The last seq of a page that has each seq from its first on. */
    private static long through(EntryRange page, RangeSlice found) {
        long count = (long) found.entries().size() + found.gaps().size();
        long lastEntry = found.entries().isEmpty()
                ? 0
                : found.entries().get(found.entries().size() - 1).seq().value();
        long lastGap = found.gaps().stream()
                .map(Gap::to)
                .mapToLong(SequenceId::value)
                .max()
                .orElse(0);
        long last = Math.max(lastEntry, lastGap);
        if (count == 0 || last - page.first().value() + 1 != count) {
            throw new CorruptDataException(
                    "the files do not have all of what they should have",
                    Map.of(
                            "timeline",
                            page.timeline().toString(),
                            "from",
                            page.first().toString()),
                    null);
        }
        return last;
    }

    private static Deadline deadline() {
        return Deadline.after(TIMEOUT);
    }
}
