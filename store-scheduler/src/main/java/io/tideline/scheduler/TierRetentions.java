package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.tier.OwnRetention;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Retentions of single conversations, which count in place of the policy's, for their members' personal timelines too. What
 * is held does not expire all the same.
 *
 * <p>Once a conversation's retention is set, no expiry of its timeline that was decided before can be committed any more.
 * Of a personal timeline one that is under way may still be: that takes no longer than one request.
 */
public final class TierRetentions {
    private final RetentionRegister register;
    private final StateFence fence;

    TierRetentions(RecordStore records, WatermarkStore watermarks) {
        this.register = new RetentionRegister(records);
        this.fence = new StateFence(watermarks);
    }

    /**
     * Gives a conversation a retention of its own, or takes it away. Saying it again changes nothing that is kept.
     *
     * @param conversation its timeline, or a personal one of it
     * @param retention empty: the policy's counts again
     */
    public CompletableFuture<Void> set(TimelineId conversation, Optional<OwnRetention> retention, Deadline deadline) {
        TimelineId owner = TierHolds.conversation(conversation);
        return register.write(owner, retention, deadline).thenCompose(done -> fence.raise(owner, deadline));
    }

    /** What a timeline's conversation was given; empty when the policy's counts. */
    public CompletableFuture<Optional<OwnRetention>> of(TimelineId timeline, Deadline deadline) {
        return register.of(List.of(timeline), deadline).thenApply(own -> Optional.ofNullable(own.get(timeline)));
    }
}
