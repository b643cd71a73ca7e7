package io.tideline.hbase.store;

import static io.tideline.core.store.TimelinePage.StopReason;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierRouter;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.schema.TimelineTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages and makes sure of them: contiguous seqs make every page check itself.
 *
 * <p>A full page of the table that a timeline grows in, which begins where it should and has no hole, needs nothing else,
 * one request in all: what lies there has not left the tier for good. Anything else is read with the head, which is read
 * <em>before</em> the entries: its watermarks say in which tier each seq is, and whatever it says was there must be in the
 * page, have expired or been erased, or have moved meanwhile, which a fresh head tells.
 */
final class PageReader {
    /** Moves of one range are rare: a page that is short again and again has lost something. */
    private static final int ATTEMPTS = 4;

    private static final long MOVED_PAUSE_MILLIS = 20;

    private final EntryScanner scanner;
    private final TierRouter tiers;
    private final HeadReader heads;
    private final Pauses pauses;
    private final StoreMetrics metrics;

    PageReader(EntryScanner scanner, TierRouter tiers, HeadReader heads, Pauses pauses, StoreMetrics metrics) {
        this.scanner = scanner;
        this.tiers = tiers;
        this.heads = heads;
        this.pauses = pauses;
        this.metrics = metrics;
    }

    CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        if (query.direction() == Direction.BACKWARD) {
            return readWithHead(query, deadline, 1);
        }
        // One more than wanted tells whether the page is the last one.
        return scanner.scan(
                        TimelineTable.of(query.timeline().family()),
                        query.timeline(),
                        query.from(),
                        query.to(),
                        Direction.FORWARD,
                        query.maxEntries() + 1,
                        query.maxBytes(),
                        deadline)
                .thenCompose(slice -> {
                    @Nullable TimelinePage page = selfEvident(query, slice);
                    if (page != null) {
                        return CompletableFuture.completedFuture(page);
                    }
                    metrics.secondRead();
                    return readWithHead(query, deadline, 1);
                });
    }

    /** The page when the slice alone proves it complete, else null. Forward only. */
    private static @Nullable TimelinePage selfEvident(ReadQuery query, RangeSlice slice) {
        if (!slice.gaps().isEmpty()) {
            return null;
        }
        long bytes = 0;
        int served = 0;
        long expected = query.from().value();
        for (Entry entry : slice.entries()) {
            if (entry.seq().value() != expected) {
                return null;
            }
            bytes += entry.payload().size();
            if (served == query.maxEntries() || served > 0 && bytes > query.maxBytes()) {
                return page(query, slice.entries().subList(0, served), StopReason.PAGE_FULL);
            }
            served++;
            expected++;
        }
        boolean reachedTo = !query.to().isNone() && expected > query.to().value();
        return served > 0 && reachedTo ? page(query, slice.entries(), StopReason.RANGE_END) : null;
    }

    private static TimelinePage page(ReadQuery query, List<Entry> entries, StopReason stop) {
        SequenceId end = entries.get(entries.size() - 1).seq();
        return new TimelinePage(entries, List.of(), stop, end.next(), end.max(query.floor()));
    }

    private CompletableFuture<TimelinePage> readWithHead(ReadQuery query, Deadline deadline, int attempt) {
        return heads.head(floorOf(query), deadline).thenCompose(head -> {
            if (query.floor().isAfter(head.last())) {
                return CompletableFuture.failedFuture(HeadReader.behind(query.floor(), head.last()));
            }
            return tiers.read(query, head, deadline).thenCompose(page -> {
                if (page.isPresent()) {
                    return CompletableFuture.completedFuture(page.get());
                }
                return mayExpire(query.timeline())
                        ? readUnexpired(query, head, deadline)
                        : readMoved(query, head, deadline, attempt);
            });
        });
    }

    /** Who asks for what follows a seq believes that seq to be there; the answer may say otherwise. */
    private static HeadQuery floorOf(ReadQuery query) {
        SequenceId implied =
                query.direction() == Direction.FORWARD ? query.from().plus(-1) : query.from();
        return new HeadQuery(query.timeline(), query.floor().max(implied));
    }

    private CompletableFuture<TimelinePage> readMoved(ReadQuery query, Head head, Deadline deadline, int attempt) {
        if (attempt == ATTEMPTS || deadline.hasPassed()) {
            return CompletableFuture.failedFuture(unexplained(query, head.last()));
        }
        metrics.secondRead();
        return pauses.ofMillis(MOVED_PAUSE_MILLIS).thenCompose(paused -> readWithHead(query, deadline, attempt + 1));
    }

    /** Time stamps never fall along the seqs, so what expires is always the oldest part of a timeline. */
    private CompletableFuture<TimelinePage> readUnexpired(ReadQuery query, Head head, Deadline deadline) {
        return oldest(query.timeline(), head, deadline).thenCompose(first -> {
            Watermarks before = head.watermarks();
            Watermarks marks = new Watermarks(first.plus(-1), before.coldThrough(), before.warmThrough());
            Head known = new Head(head.last(), head.lastTime(), marks, head.counted(), head.lastDiscounted());
            return tiers.read(query, known, deadline).thenCompose(page -> page.map(CompletableFuture::completedFuture)
                    .orElseGet(() -> CompletableFuture.failedFuture(unexplained(query, head.last()))));
        });
    }

    /** The first seq that has not expired; the one after the head when all have. */
    private CompletableFuture<SequenceId> oldest(TimelineId timeline, Head head, Deadline deadline) {
        return scanner.scan(
                        TimelineTable.of(timeline.family()),
                        timeline,
                        SequenceId.FIRST,
                        head.last(),
                        Direction.FORWARD,
                        1,
                        1,
                        deadline)
                .thenApply(slice -> Optional.<SequenceId>empty()
                        .or(() -> slice.entries().stream().map(Entry::seq).findFirst())
                        .or(() -> slice.gaps().stream().map(gap -> gap.from()).findFirst())
                        .orElse(head.last().next()));
    }

    private static boolean mayExpire(TimelineId timeline) {
        return TimelineTable.of(timeline.family()).entryTimeToLive().isPresent();
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
}
