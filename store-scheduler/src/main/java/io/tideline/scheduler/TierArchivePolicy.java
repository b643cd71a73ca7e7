package io.tideline.scheduler;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.TimelineId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What the rules of {@link TierPolicies} let the warm tier keep, without what is held. Two reads of records a question, side
 * by side; one where no policy tells kinds apart. Fails and completes as the records do.
 *
 * <p>Who archives reads a timeline's watermarks before he asks: a hold that is set later changes them, and his commit fails.
 */
public final class TierArchivePolicy implements ArchivePolicy {
    private final TimelineRules rules;
    private final TierHolds holds;

    public TierArchivePolicy(RecordStore records, TierPolicies policies, TierHolds holds) {
        this.rules = new TimelineRules(records, policies);
        this.holds = holds;
    }

    @Override
    public CompletableFuture<Map<TimelineId, TierLimit>> limits(List<TimelineId> timelines, Deadline deadline) {
        if (timelines.size() > MAX_TIMELINES) {
            throw new IllegalArgumentException(
                    "timelines: " + timelines.size() + " (expected: 0.." + MAX_TIMELINES + ")");
        }
        return rules.byPolicies(timelines, deadline).thenCombine(holds.heldOf(timelines, deadline), (found, held) -> {
            Map<TimelineId, TierLimit> limits = new HashMap<>();
            found.forEach((timeline, rule) -> {
                if (!held.contains(timeline)) {
                    limits.put(timeline, rule.warm());
                }
            });
            return limits;
        });
    }
}
