package io.tideline.scheduler;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Moves one unit from hot to warm: copies it, reads both sides back, commits the watermark on the state from before the
 * copy, and lets the source go. Only the commit changes what readers see, and it fails when anybody else has moved or
 * erased meanwhile; everything before it may be done again, everything after it is done again by whoever comes next.
 */
final class TimelineMover {
    /**
     * What was done.
     *
     * @param entries 0 when there was nothing to move, or somebody else has moved or erased meanwhile
     */
    record Moved(SequenceId through, long entries, long bytes) {}

    private final SchedulerPorts ports;
    private final KeptIndex kept;
    private final SchedulerConfig config;

    TimelineMover(SchedulerPorts ports, KeptIndex kept, SchedulerConfig config) {
        this.ports = ports;
        this.kept = kept;
        this.config = config;
    }

    /**
     * Moves at most one unit of what is hot up to {@code through}.
     *
     * @param day before which nothing of the timeline is hot
     * @param most entries of the unit, 1 or more
     */
    CompletableFuture<Moved> moveUnit(TimelineId timeline, LocalDate day, SequenceId through, int most) {
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            SequenceId released = state.watermarks().hotReleased();
            if (!through.isAfter(released)) {
                // Committed before; whether the source was let go, nobody knows.
                return release(timeline, state.watermarks()).thenApply(done -> new Moved(released, 0, 0));
            }
            long last = Math.min(through.value(), released.value() + most);
            EntryRange range = new EntryRange(timeline, released.next(), SequenceId.of(last));
            return noteFirst(timeline, day, state.watermarks()).thenCompose(noted -> move(range, state));
        });
    }

    /** Nothing is outside the hot tier yet: from now on retention has to find the timeline without the activity index. */
    private CompletableFuture<Void> noteFirst(TimelineId timeline, LocalDate day, Watermarks marks) {
        return marks.warmThrough().isAfter(marks.expiredThrough())
                ? CompletableFuture.completedFuture(null)
                : kept.note(new KeptIndex.Kept(timeline, day), deadline());
    }

    private CompletableFuture<Moved> move(EntryRange range, TierState state) {
        return ports.warm()
                .copyFromHot(range, deadline())
                .thenCompose(copied -> arrived(range, copied))
                .thenCompose(digest -> digest.isPresent()
                        ? commit(range, state, digest.get())
                        // Erased between the copy and now: the next try copies that.
                        : CompletableFuture.completedFuture(
                                new Moved(state.watermarks().hotReleased(), 0, 0)));
    }

    /** Reads back both sides; empty when they differ. */
    private CompletableFuture<Optional<RangeDigest>> arrived(EntryRange range, RangeDigest copied) {
        CompletableFuture<RangeDigest> source = ports.hot().digest(range, deadline());
        return ports.warm().digest(range, deadline()).thenCombine(source, (there, here) -> {
            check(range, copied, here, there);
            return here.equals(there) ? Optional.of(there) : Optional.empty();
        });
    }

    /** A hole in the source is a loss, and must not become part of the history; nor must a copy that is short. */
    private static void check(EntryRange range, RangeDigest copied, RangeDigest here, RangeDigest there) {
        if (!copied.covers(range) || !here.covers(range) || !there.covers(range)) {
            throw new CorruptDataException(
                    "entries to be moved are missing",
                    Map.of(
                            "timeline", range.timeline().toString(),
                            "first", range.first().toString(),
                            "last", range.last().toString(),
                            "hot", here.toString(),
                            "warm", there.toString()),
                    null);
        }
    }

    private CompletableFuture<Moved> commit(EntryRange range, TierState state, RangeDigest digest) {
        Watermarks next = state.watermarks().withWarmThrough(range.last());
        return ports.watermarks()
                .replace(range.timeline(), state, state.moved(next), deadline())
                .thenCompose(won -> won
                        ? release(range.timeline(), next)
                                .thenApply(done -> new Moved(range.last(), digest.count(), digest.bytes()))
                        : CompletableFuture.completedFuture(
                                new Moved(state.watermarks().hotReleased(), 0, 0)));
    }

    private CompletableFuture<Void> release(TimelineId timeline, Watermarks marks) {
        CompletableFuture<Void> hot = ports.hot().release(timeline, marks.hotReleased(), deadline());
        return marks.warmReleased().isNone()
                ? hot
                : hot.thenCompose(done -> ports.warm().release(timeline, marks.warmReleased(), deadline()));
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
