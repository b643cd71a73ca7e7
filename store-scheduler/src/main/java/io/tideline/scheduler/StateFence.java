package io.tideline.scheduler;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.TimelineId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Makes the commits of all fail who have read a timeline's state before: they look again at what is to be done. */
final class StateFence {
    private static final int MAX_TRIES = 16;

    private final WatermarkStore watermarks;

    StateFence(WatermarkStore watermarks) {
        this.watermarks = watermarks;
    }

    /** Raises the epoch. Whoever was to hear of something must find it written before. */
    CompletableFuture<Void> raise(TimelineId timeline, Deadline deadline) {
        return raise(timeline, 0, deadline);
    }

    private CompletableFuture<Void> raise(TimelineId timeline, int tries, Deadline deadline) {
        return watermarks.state(timeline, deadline).thenCompose(state -> watermarks
                .replace(timeline, state, state.moved(state.watermarks()), deadline)
                .thenCompose(won -> {
                    if (won) {
                        return CompletableFuture.completedFuture(null);
                    }
                    // Whoever has won has read the state after the register was written, or loses to the next one.
                    return tries < MAX_TRIES
                            ? raise(timeline, tries + 1, deadline)
                            : CompletableFuture.failedFuture(new StorageUnavailableException(
                                    "the watermarks change all the time",
                                    Map.of("timeline", timeline.toString()),
                                    null));
                }));
    }
}
