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
 * only then readers are sent there. Their rows in files are for the caller. Blocks.
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
     * What was brought back.
     *
     * @param coldThrough up to where files still have the timeline
     * @param files that have rows beyond
     */
    record Outcome(long entries, long coldThrough, Set<String> files) {}

    Outcome restore(ArchiveTask.Restore task, WriterSession session) {
        TimelineId timeline = task.timeline();
        TierState state = Futures.get(ports.watermarks().state(timeline, deadline()));
        Watermarks marks = state.watermarks();
        SequenceId first = task.from().max(marks.expiredThrough().next());
        SequenceId last = marks.coldThrough();
        long entries = first.isAfter(last) ? 0 : last.value() - first.value() + 1;
        Set<String> files = filesBeyond(timeline, Math.min(first.value() - 1, last.value()));
        if (entries == 0 && files.isEmpty()) {
            throw new IllegalArgumentException(
                    "from: " + task.from() + " (expected: at most " + last + ", the last entry in files)");
        }
        if (entries > 0 && !task.dryRun()) {
            SequenceId rest = SequenceId.of(first.value() - 1);
            Futures.get(ports.warm().reopen(timeline, rest.max(marks.expiredThrough()), deadline()));
            copy(new EntryRange(timeline, first, last), session);
            TierState next = state.moved(marks.withColdThrough(rest));
            if (!Futures.get(ports.watermarks().replace(timeline, state, next, deadline()))) {
                throw new OverloadedException(
                        "the timeline was changed while it was restored",
                        Map.of("timeline", timeline.toString()),
                        null);
            }
        }
        return new Outcome(entries, Math.min(first.value() - 1, last.value()), files);
    }

    private Set<String> filesBeyond(TimelineId timeline, long through) {
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
