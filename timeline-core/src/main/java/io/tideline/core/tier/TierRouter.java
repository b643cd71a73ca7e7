package io.tideline.core.tier;

import static io.tideline.core.store.TimelinePage.StopReason;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.Watermarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes one page out of the tiers: cuts the range at the watermarks, reads the tiers it takes side by side, and judges
 * whether what came is all. Seqs are contiguous, so a page proves itself: it is complete, or there is none.
 */
public final class TierRouter {
    private record Segment(@Nullable TierReader tier, long first, long last) {}

    private final TierReader hot;
    private final TierReader warm;
    private final TierReader cold;

    public TierRouter(TierReader hot, TierReader warm, TierReader cold) {
        this.hot = hot;
        this.warm = warm;
        this.cold = cold;
    }

    /**
     * Reads a page.
     *
     * @param head read before, at least as fresh as the query's floor
     * @return empty when entries that the watermarks promise were not there: they have moved since the head was read, and
     *     a fresh head tells where to; with a fresh head again, they are lost
     */
    public CompletableFuture<Optional<TimelinePage>> read(ReadQuery query, Head head, Deadline deadline) {
        long last = head.last().value();
        boolean forward = query.direction() == Direction.FORWARD;
        long from = query.from().isNone() ? last : query.from().value();
        if (from > last || from == 0) {
            return done(beyond(query, from, head.last()));
        }
        long to = forward
                ? query.to().isNone() ? last : Math.min(last, query.to().value())
                : Math.max(1, query.to().value());
        List<Segment> segments = segments(head.watermarks(), last, forward, from, to, query.maxEntries());
        List<CompletableFuture<RangeSlice>> slices = new ArrayList<>();
        for (Segment segment : segments) {
            slices.add(read(segment, query, deadline));
        }
        return CompletableFuture.allOf(slices.toArray(CompletableFuture[]::new)).thenApply(all -> {
            PageAssembly assembly = new PageAssembly(query, from);
            for (int i = 0; i < segments.size() && !assembly.full(); i++) {
                Segment segment = segments.get(i);
                boolean complete = segment.tier() == null
                        ? assembly.expired(expired(segment, head.watermarks()))
                        : assembly.add(slices.get(i).join(), segment.first(), segment.last());
                if (!complete) {
                    return Optional.empty();
                }
            }
            return Optional.of(assembly.page(to, last));
        });
    }

    private static Gap expired(Segment segment, Watermarks marks) {
        SequenceId to = SequenceId.of(segment.last());
        long counted = to.equals(marks.expiredThrough()) ? marks.expiredCounted() : Gap.UNKNOWN;
        return new Gap(SequenceId.of(segment.first()), to, Gap.Type.EXPIRED, counted);
    }

    private static TimelinePage beyond(ReadQuery query, long from, SequenceId last) {
        boolean atStart = query.direction() == Direction.BACKWARD && from == 0;
        boolean atHead = query.direction() == Direction.FORWARD && from == last.value() + 1;
        StopReason stop = atStart ? StopReason.START : atHead ? StopReason.HEAD : StopReason.BEYOND_HEAD;
        return new TimelinePage(List.of(), List.of(), stop, SequenceId.of(from), last);
    }

    private static CompletableFuture<Optional<TimelinePage>> done(TimelinePage page) {
        return CompletableFuture.completedFuture(Optional.of(page));
    }

    private static CompletableFuture<RangeSlice> read(Segment segment, ReadQuery query, Deadline deadline) {
        if (segment.tier() == null) {
            return CompletableFuture.completedFuture(RangeSlice.EMPTY);
        }
        EntryRange range = EntryRange.of(query.timeline(), segment.first(), segment.last());
        return segment.tier().read(range, query.direction(), query.maxBytes(), deadline);
    }

    /** In the order of the read, as many as may be wanted if nothing is erased; expired seqs cost nothing. */
    private List<Segment> segments(Watermarks marks, long last, boolean forward, long from, long to, int maxEntries) {
        long expired = Math.min(last, marks.expiredThrough().value());
        long coldThrough = Math.max(expired, marks.coldThrough().value());
        long warmThrough = Math.max(coldThrough, marks.warmThrough().value());
        List<Segment> all = List.of(
                new Segment(null, 1, expired),
                new Segment(cold, expired + 1, coldThrough),
                new Segment(warm, coldThrough + 1, warmThrough),
                new Segment(hot, warmThrough + 1, last));
        List<Segment> wanted = new ArrayList<>();
        long left = maxEntries;
        for (int i = 0; i < all.size() && left > 0; i++) {
            Segment segment = all.get(forward ? i : all.size() - 1 - i);
            long first = Math.max(segment.first(), Math.min(from, to));
            long end = Math.min(segment.last(), Math.max(from, to));
            if (first > end) {
                continue;
            }
            if (segment.tier() != null) {
                if (end - first + 1 > left) {
                    first = forward ? first : end - left + 1;
                    end = forward ? first + left - 1 : end;
                }
                left -= end - first + 1;
            }
            wanted.add(new Segment(segment.tier(), first, end));
        }
        return wanted;
    }
}
