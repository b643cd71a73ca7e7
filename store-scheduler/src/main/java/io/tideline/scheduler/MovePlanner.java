package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Finds what is to leave the hot tier: by age with a binary search over seqs, a few reads of one entry each. */
final class MovePlanner {
    /** Erased entries have no time to show: so many of them are looked past by one read. */
    private static final int PROBE = 20;

    /**
     * Up to where entries are older.
     *
     * @param through one less than where the look began when none is
     * @param counted the running count there, {@link Gap#UNKNOWN} when none is
     */
    record Older(long through, long counted) {
        static Older before(long first) {
            return new Older(first - 1, Gap.UNKNOWN);
        }
    }

    private final SchedulerPorts ports;
    private final HotBytes hotBytes;
    private final SchedulerConfig config;
    private final InstantSource clock;

    MovePlanner(SchedulerPorts ports, SchedulerConfig config, InstantSource clock) {
        this.ports = ports;
        this.hotBytes = new HotBytes(ports.hot());
        this.config = config;
        this.clock = clock;
    }

    /** What is beyond the limit of the hot tier; empty for nothing. */
    CompletableFuture<Optional<MovePlan>> plan(TimelineId timeline, TierLimit limit) {
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline()).thenCompose(heads -> {
            Head head = heads.getOrDefault(timeline, Head.EMPTY);
            long first = head.watermarks().hotReleased().value() + 1;
            long last = head.last().value();
            if (first > last) {
                return CompletableFuture.completedFuture(Optional.<MovePlan>empty());
            }
            CompletableFuture<Long> byAge = limit.age()
                    .map(age -> olderThan(timeline, first, head, age).thenApply(Older::through))
                    .orElse(CompletableFuture.completedFuture(0L));
            CompletableFuture<Long> byBytes = beyondBytes(timeline, first, last, limit.bytes());
            long byCount =
                    limit.entries().isEmpty() ? 0 : last - limit.entries().getAsLong();
            return byAge.thenCombine(byBytes, Math::max).thenApply(through -> {
                long end = Math.max(through, byCount);
                return end < first
                        ? Optional.empty()
                        : Optional.of(new MovePlan(timeline, SequenceId.of(first), SequenceId.of(end)));
            });
        });
    }

    /** The last of the entries from {@code first} to the head that are older, in whatever tier. */
    CompletableFuture<Older> olderThan(TimelineId timeline, SequenceId first, Duration age) {
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline()).thenCompose(heads -> {
            Head head = heads.getOrDefault(timeline, Head.EMPTY);
            if (head.last().isNone() || first.isAfter(head.last())) {
                return CompletableFuture.completedFuture(Older.before(first.value()));
            }
            return olderThan(timeline, first.value(), head, age);
        });
    }

    /** The day of the first entry from {@code first} on, today when there is none. */
    CompletableFuture<LocalDate> dayOf(TimelineId timeline, SequenceId first) {
        ReadQuery query = new ReadQuery(timeline, first, SequenceId.NONE, Direction.FORWARD, PROBE, 1, SequenceId.NONE);
        return ports.store().read(query, deadline()).thenCompose(page -> {
            boolean more = page.stop() == TimelinePage.StopReason.PAGE_FULL;
            return page.entries().isEmpty() && more
                    ? dayOf(timeline, page.next())
                    : CompletableFuture.completedFuture(LocalDate.ofInstant(
                            page.entries().stream()
                                    .findFirst()
                                    .map(Entry::serverTime)
                                    .orElse(clock.instant()),
                            ZoneOffset.UTC));
        });
    }

    private CompletableFuture<Older> olderThan(TimelineId timeline, long first, Head head, Duration age) {
        Instant before = clock.instant().minus(age);
        return head.lastTime().isBefore(before)
                ? CompletableFuture.completedFuture(new Older(head.last().value(), head.counted()))
                : search(timeline, Older.before(first), head.last().value(), before);
    }

    /** All up to {@code older} are, all after {@code high} are not. */
    private CompletableFuture<Older> search(TimelineId timeline, Older older, long high, Instant before) {
        long low = older.through() + 1;
        if (low > high) {
            return CompletableFuture.completedFuture(older);
        }
        long middle = low + (high - low) / 2;
        ReadQuery query = new ReadQuery(
                timeline, SequenceId.of(middle), SequenceId.of(high), Direction.FORWARD, PROBE, 1, SequenceId.NONE);
        return ports.store().read(query, deadline()).thenCompose(page -> {
            Optional<Entry> found = page.entries().stream().findFirst();
            if (found.isEmpty()) {
                return pastGaps(timeline, older, middle, high, before, page);
            }
            return found.get().serverTime().isBefore(before)
                    ? search(
                            timeline,
                            new Older(found.get().seq().value(), found.get().counted()),
                            high,
                            before)
                    : search(timeline, older, middle - 1, before);
        });
    }

    /** Nothing but erased entries from the middle on: they go with what is before them. */
    private CompletableFuture<Older> pastGaps(
            TimelineId timeline, Older older, long middle, long high, Instant before, TimelinePage page) {
        long next = page.next().value();
        return next > high || next <= middle
                ? search(timeline, older, middle - 1, before)
                : search(timeline, Older.before(next), high, before)
                        .thenCompose(found -> found.through() >= next
                                ? CompletableFuture.completedFuture(found)
                                : search(timeline, older, middle - 1, before));
    }

    private CompletableFuture<Long> beyondBytes(TimelineId timeline, long first, long last, OptionalLong limit) {
        return limit.isEmpty()
                ? CompletableFuture.completedFuture(0L)
                : hotBytes.beyond(EntryRange.of(timeline, first, last), limit.getAsLong(), deadline());
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
