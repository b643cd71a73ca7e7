package io.tideline.hbase.store;

import static io.tideline.core.store.TimelinePage.StopReason;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.schema.TimelineTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages and makes sure of them: contiguous seqs make every page check itself.
 *
 * <p>A full page that begins where it should and has no hole needs nothing else, one request in all. Anything shorter is
 * compared with the head, which is read <em>before</em> the entries are read a second time: so whatever the head says was
 * there must be in the page, have expired, or be an error.
 */
final class PageReader {
    private final EntryScanner scanner;
    private final HeadReader heads;
    private final StoreMetrics metrics;

    PageReader(EntryScanner scanner, HeadReader heads, StoreMetrics metrics) {
        this.scanner = scanner;
        this.heads = heads;
        this.metrics = metrics;
    }

    CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        if (query.direction() == Direction.BACKWARD) {
            return readWithHead(query, deadline);
        }
        return scanner.scan(query, query.from(), query.to(), deadline).thenCompose(scanned -> {
            @Nullable TimelinePage page = selfEvident(query, scanned);
            if (page != null) {
                return CompletableFuture.completedFuture(page);
            }
            metrics.secondRead();
            return readWithHead(query, deadline);
        });
    }

    /** The page when the scan alone proves it complete, else null. Forward only. */
    private static @Nullable TimelinePage selfEvident(ReadQuery query, EntryScanner.Scanned scanned) {
        List<Entry> entries = scanned.entries();
        if (entries.isEmpty() || holeAfter(query.from(), entries, 1) >= 0) {
            return null;
        }
        SequenceId end = entries.get(entries.size() - 1).seq();
        if (!query.to().isNone() && end.equals(query.to())) {
            return new TimelinePage(entries, List.of(), StopReason.RANGE_END, end.next(), end.max(query.floor()));
        }
        return scanned.full()
                ? new TimelinePage(entries, List.of(), StopReason.PAGE_FULL, end.next(), end.max(query.floor()))
                : null;
    }

    /** The index of the first entry that does not continue from {@code first} in steps of {@code step}, or -1. */
    private static int holeAfter(SequenceId first, List<Entry> entries, int step) {
        long expected = first.value();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).seq().value() != expected) {
                return i;
            }
            expected += step;
        }
        return -1;
    }

    private CompletableFuture<TimelinePage> readWithHead(ReadQuery query, Deadline deadline) {
        return heads.last(query.timeline(), floorOf(query), deadline).thenCompose(last -> {
            if (query.floor().isAfter(last)) {
                return CompletableFuture.failedFuture(HeadReader.behind(query.floor(), last));
            }
            return query.direction() == Direction.FORWARD
                    ? forward(query, last, deadline)
                    : backward(query, last, deadline);
        });
    }

    /** Who asks for what follows a seq believes that seq to be there; the answer may say otherwise. */
    private static HeadQuery floorOf(ReadQuery query) {
        SequenceId implied =
                query.direction() == Direction.FORWARD ? query.from().plus(-1) : query.from();
        return new HeadQuery(query.timeline(), query.floor().max(implied));
    }

    private CompletableFuture<TimelinePage> forward(ReadQuery query, SequenceId last, Deadline deadline) {
        if (query.from().isAfter(last)) {
            boolean atHead = query.from().equals(last.next());
            return done(List.of(), List.of(), atHead ? StopReason.HEAD : StopReason.BEYOND_HEAD, query.from(), last);
        }
        // Bounded by the head that was read first, so that a growing timeline does not make every page look short.
        SequenceId end = query.to().isNone() || query.to().isAfter(last) ? last : query.to();
        return scanner.scan(query, query.from(), end, deadline).thenCompose(scanned -> {
            List<Entry> entries = scanned.entries();
            List<Gap> gaps = new ArrayList<>();
            SequenceId firstServed =
                    entries.isEmpty() ? end.next() : entries.get(0).seq();
            if (firstServed.isAfter(query.from())) {
                gaps.add(new Gap(query.from(), firstServed.plus(-1), Gap.Type.EXPIRED));
            }
            SequenceId reached =
                    entries.isEmpty() ? end : entries.get(entries.size() - 1).seq();
            boolean hole = holeAfter(firstServed, entries, 1) >= 0 || !scanned.full() && reached.value() < end.value();
            if (hole || !gaps.isEmpty() && !mayExpire(query)) {
                return CompletableFuture.failedFuture(unexplained(query, last));
            }
            StopReason stop = reached.value() < end.value()
                    ? StopReason.PAGE_FULL
                    : query.to().equals(end) ? StopReason.RANGE_END : StopReason.HEAD;
            return done(entries, gaps, stop, reached.next(), last);
        });
    }

    private CompletableFuture<TimelinePage> backward(ReadQuery query, SequenceId last, Deadline deadline) {
        if (query.from().isAfter(last)) {
            return done(List.of(), List.of(), StopReason.BEYOND_HEAD, query.from(), last);
        }
        SequenceId from = query.from().isNone() ? last : query.from();
        if (from.isNone()) {
            return done(List.of(), List.of(), StopReason.START, SequenceId.NONE, last);
        }
        SequenceId to = query.to().max(SequenceId.FIRST);
        return scanner.scan(query, from, to, deadline).thenCompose(scanned -> {
            List<Entry> entries = scanned.entries();
            List<Gap> gaps = new ArrayList<>();
            SequenceId reached = entries.isEmpty()
                    ? from.next()
                    : entries.get(entries.size() - 1).seq();
            boolean hole = holeAfter(from, entries, -1) >= 0;
            if (!hole && !scanned.full() && reached.isAfter(to)) {
                gaps.add(new Gap(to, reached.plus(-1), Gap.Type.EXPIRED));
                reached = to;
            }
            if (hole || !gaps.isEmpty() && !mayExpire(query)) {
                return CompletableFuture.failedFuture(unexplained(query, last));
            }
            SequenceId next = reached.plus(-1);
            StopReason stop = reached.isAfter(to)
                    ? StopReason.PAGE_FULL
                    : next.isNone() ? StopReason.START : StopReason.RANGE_END;
            return done(entries, gaps, stop, next, last);
        });
    }

    /** Time stamps never fall along the seqs, so what expires is always the oldest part of a timeline. */
    private static boolean mayExpire(ReadQuery query) {
        return TimelineTable.of(query.timeline().family()).entryTimeToLive().isPresent();
    }

    private static CorruptDataException unexplained(ReadQuery query, SequenceId last) {
        return new CorruptDataException(
                "entries are missing and nothing explains it",
                Map.of(
                        "timeline", query.timeline().toString(),
                        "from", query.from().toString(),
                        "last", last.toString()),
                null);
    }

    private static CompletableFuture<TimelinePage> done(
            List<Entry> entries, List<Gap> gaps, StopReason stop, SequenceId next, SequenceId last) {
        return CompletableFuture.completedFuture(new TimelinePage(entries, gaps, stop, next, last));
    }
}
