package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Drops what is older than its retention: raises the watermark on the state from before the hold was looked for, then lets
 * the tables go. Seqs stay as a gap and never come again.
 */
final class TimelineExpiry {
    /**
     * What was done.
     *
     * @param through up to where nothing is kept
     * @param entries dropped now
     */
    record Expired(SequenceId through, long entries, boolean held) {}

    private final SchedulerPorts ports;
    private final TierHolds holds;
    private final MovePlanner planner;
    private final SchedulerConfig config;

    TimelineExpiry(SchedulerPorts ports, TierHolds holds, MovePlanner planner, SchedulerConfig config) {
        this.ports = ports;
        this.holds = holds;
        this.planner = planner;
        this.config = config;
    }

    CompletableFuture<Expired> expire(TimelineId timeline, Duration retention, boolean dryRun) {
        // The state first: who sets a hold meanwhile changes it, and the commit below fails.
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            SequenceId before = state.watermarks().expiredThrough();
            if (dryRun) {
                return planned(timeline, before, retention);
            }
            return holds.isHeld(timeline, deadline())
                    .thenCompose(held -> held
                            ? CompletableFuture.completedFuture(new Expired(before, 0, true))
                            : planner.olderThan(timeline, before.next(), retention)
                                    .thenCompose(through -> through > before.value()
                                            ? commit(timeline, state, SequenceId.of(through))
                                            : releaseAgain(timeline, state.watermarks())));
        });
    }

    private CompletableFuture<Expired> planned(TimelineId timeline, SequenceId before, Duration retention) {
        return holds.isHeld(timeline, deadline())
                .thenCompose(held -> held
                        ? CompletableFuture.completedFuture(new Expired(before, 0, true))
                        : planner.olderThan(timeline, before.next(), retention)
                                .thenApply(through ->
                                        new Expired(SequenceId.of(through), through - before.value(), false)));
    }

    /** Committed before, perhaps by somebody who died then; whether the tables were told, nobody knows. */
    private CompletableFuture<Expired> releaseAgain(TimelineId timeline, Watermarks marks) {
        Expired nothing = new Expired(marks.expiredThrough(), 0, false);
        return marks.expiredThrough().isNone()
                ? CompletableFuture.completedFuture(nothing)
                : release(timeline, marks).thenApply(done -> nothing);
    }

    private CompletableFuture<Expired> commit(TimelineId timeline, TierState state, SequenceId through) {
        SequenceId before = state.watermarks().expiredThrough();
        Watermarks next = state.watermarks().withExpiredThrough(through);
        return ports.watermarks()
                .replace(timeline, state, state.moved(next), deadline())
                .thenCompose(won -> won
                        ? release(timeline, next)
                                .thenApply(done -> new Expired(through, through.value() - before.value(), false))
                        : CompletableFuture.completedFuture(new Expired(before, 0, false)));
    }

    private CompletableFuture<Void> release(TimelineId timeline, Watermarks marks) {
        return ports.hot().release(timeline, marks.hotReleased(), deadline()).thenCompose(done -> ports.warm()
                .release(timeline, marks.warmReleased(), deadline()));
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
