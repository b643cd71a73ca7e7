package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.time.Duration;
import java.util.Optional;
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
     * @param held nothing of the timeline expires, by a hold or for want of a retention
     */
    record Expired(SequenceId through, long entries, boolean held) {}

    private final SchedulerPorts ports;
    private final TierHolds holds;
    private final TimelineRules rules;
    private final MovePlanner planner;
    private final SchedulerConfig config;

    TimelineExpiry(
            SchedulerPorts ports, TierHolds holds, TimelineRules rules, MovePlanner planner, SchedulerConfig config) {
        this.ports = ports;
        this.holds = holds;
        this.rules = rules;
        this.planner = planner;
        this.config = config;
    }

    CompletableFuture<Expired> expire(TimelineId timeline, boolean dryRun) {
        // The state first: who sets a hold or another retention meanwhile changes it, and the commit below fails.
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            SequenceId before = state.watermarks().expiredThrough();
            return holds.isHeld(timeline, deadline())
                    .thenCombine(
                            rules.of(timeline, deadline()),
                            (held, rule) -> held ? Optional.<Duration>empty() : rule.retention())
                    .thenCompose(retention -> retention.isEmpty()
                            ? CompletableFuture.completedFuture(new Expired(before, 0, true))
                            : planner.olderThan(timeline, before.next(), retention.get())
                                    .thenCompose(older -> dryRun
                                            ? planned(before, older.through())
                                            : older.through() > before.value()
                                                    ? commit(timeline, state, older)
                                                    : releaseAgain(timeline, state.watermarks())));
        });
    }

    private static CompletableFuture<Expired> planned(SequenceId before, long through) {
        return CompletableFuture.completedFuture(new Expired(SequenceId.of(through), through - before.value(), false));
    }

    /** Committed before, perhaps by somebody who died then; whether the tables were told, nobody knows. */
    private CompletableFuture<Expired> releaseAgain(TimelineId timeline, Watermarks marks) {
        Expired nothing = new Expired(marks.expiredThrough(), 0, false);
        return marks.expiredThrough().isNone()
                ? CompletableFuture.completedFuture(nothing)
                : release(timeline, marks).thenApply(done -> nothing);
    }

    private CompletableFuture<Expired> commit(TimelineId timeline, TierState state, MovePlanner.Older older) {
        SequenceId before = state.watermarks().expiredThrough();
        SequenceId through = SequenceId.of(older.through());
        Watermarks next = state.watermarks().withExpiredThrough(through, older.counted());
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
