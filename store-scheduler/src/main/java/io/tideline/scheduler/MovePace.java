package io.tideline.scheduler;

import com.google.common.util.concurrent.RateLimiter;
import io.tideline.core.timeline.TimelineId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How much is moved at a time, and how long the scheduler rests after it. */
final class MovePace {
    private final PaceControl control;
    private final Optional<ForegroundProbe> probe;
    private final RateLimiter limiter;

    /** @param probe empty for a pace that does not adapt */
    MovePace(SchedulerConfig config, Optional<ForegroundProbe> probe) {
        this.control = new PaceControl(config.entriesPerSecond(), config.unitEntries());
        this.probe = probe;
        this.limiter = RateLimiter.create(config.entriesPerSecond());
    }

    /** Entries a second. */
    double rate() {
        return control.rate();
    }

    /** How many timelines may be worked on side by side. */
    int timelinesAtOnce() {
        return control.timelinesAtOnce();
    }

    /** How many entries each of the next ones may have for all together to be a unit: of the first, one or more. */
    Map<Visit, Integer> shares(List<Visit> open) {
        Map<Visit, Integer> shares = new LinkedHashMap<>();
        int room = control.unitEntries();
        for (Visit visit : open) {
            if (room > 0) {
                int share = (int) Math.min(room, Math.max(1, visit.left()));
                shares.put(visit, share);
                room -= share;
            }
        }
        return shares;
    }

    /** Watches what readers of a timeline wait for, until the answer is called. */
    Runnable watch(TimelineId timeline) {
        return probe.map(reads -> reads.repeatedly(timeline, control::busy)).orElse(() -> {});
    }

    /** Blocks as long as the pace says, and then lasts as long as a read takes. */
    CompletableFuture<Void> rest(TimelineId timeline, int moved) {
        limiter.acquire(moved);
        return probe.map(reads -> reads.once(timeline, control::quiet))
                .orElse(CompletableFuture.completedFuture(null))
                .thenRun(() -> limiter.setRate(control.adapt()));
    }
}
