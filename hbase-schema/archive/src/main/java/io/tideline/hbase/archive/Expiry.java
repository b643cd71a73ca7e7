package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Rows of files that retention has dropped. Blocks. */
final class Expiry {
    private static final int BATCH = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ArchivePorts ports;
    private final Locators locators;

    Expiry(ArchivePorts ports, Locators locators) {
        this.ports = ports;
        this.locators = locators;
    }

    /**
     * What was found.
     *
     * @param through the last expired seq, of timelines of which files have expired entries
     * @param files that have them
     */
    record Found(Map<TimelineId, Long> through, Set<String> files, long entries) {
        Rewriter.Edit edit() {
            return (timeline, row) -> row.seq() <= through.getOrDefault(timeline, 0L) ? null : row;
        }
    }

    Found find(ArchiveProgress progress) {
        Map<TimelineId, Long> through = new HashMap<>();
        Set<String> files = new TreeSet<>();
        long[] entries = {0};
        Batches batches = new Batches(slices -> {
            WriterSession.checkpoint(progress);
            Map<TimelineId, Head> heads = heads(ports, slices);
            for (Slice slice : slices) {
                long expired = heads.getOrDefault(slice.timeline(), Head.EMPTY)
                        .watermarks()
                        .expiredThrough()
                        .value();
                if (slice.first() <= expired) {
                    through.put(slice.timeline(), expired);
                    files.add(slice.file());
                    entries[0] += Math.min(expired, slice.last()) - slice.first() + 1;
                }
            }
        });
        locators.visit(batches);
        batches.flush();
        return new Found(through, files, entries[0]);
    }

    static Map<TimelineId, Head> heads(ArchivePorts ports, List<Slice> slices) {
        List<HeadQuery> queries = slices.stream()
                .map(Slice::timeline)
                .distinct()
                .map(timeline -> new HeadQuery(timeline, SequenceId.NONE))
                .toList();
        return Futures.get(ports.store().heads(queries, deadline()));
    }

    static Deadline deadline() {
        return Deadline.after(TIMEOUT);
    }

    /** Gathers stretches, some at once. */
    static final class Batches implements Locators.Visitor {
        interface Sink {
            void take(List<Slice> slices);
        }

        private final Sink sink;
        private List<Slice> waiting = new ArrayList<>();

        Batches(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void slice(Slice slice) {
            waiting.add(slice);
            if (waiting.size() == BATCH) {
                flush();
            }
        }

        @Override
        public void erased(TimelineId timeline, long seq) {
            // Says nothing about where rows are.
        }

        void flush() {
            List<Slice> some = waiting;
            waiting = new ArrayList<>();
            if (!some.isEmpty()) {
                sink.take(some);
            }
        }
    }
}
