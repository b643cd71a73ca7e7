package io.tideline.scheduler;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds: what belongs to a held conversation, or to a held app, is not archived and does not expire, whatever the policy
 * says. A hold of a conversation counts for its members' personal timelines, too.
 *
 * <p>Once a conversation's hold is set, no expiry of its timeline that was decided before can be committed any more. Of
 * personal timelines, and of an app, one expiry under way of each may still be: that takes no longer than one request.
 */
public final class TierHolds {
    private static final byte HELD = 1;

    private final RecordStore records;
    private final StateFence fence;

    public TierHolds(RecordStore records, WatermarkStore watermarks) {
        this.records = records;
        this.fence = new StateFence(watermarks);
    }

    /**
     * Sets or lifts the hold of a conversation; saying it again changes nothing.
     *
     * @param conversation its timeline, or a personal one of it
     */
    public CompletableFuture<Void> hold(TimelineId conversation, boolean held, Deadline deadline) {
        TimelineId owner = conversation(conversation);
        return write(keyOf(owner), held, deadline)
                .thenCompose(done -> held ? fence.raise(owner, deadline) : CompletableFuture.completedFuture(null));
    }

    /** Sets or lifts the hold of all timelines of an app. */
    public CompletableFuture<Void> hold(AppId app, boolean held, Deadline deadline) {
        return write(keyOf(app), held, deadline);
    }

    /** Whether the timeline's conversation or its app is held. */
    public CompletableFuture<Boolean> isHeld(TimelineId timeline, Deadline deadline) {
        return heldOf(List.of(timeline), deadline).thenApply(held -> !held.isEmpty());
    }

    /** Those of up to 10,000 timelines (two records each) whose conversation or app is held. */
    CompletableFuture<Set<TimelineId>> heldOf(Collection<TimelineId> timelines, Deadline deadline) {
        List<RecordKey> keys = timelines.stream()
                .flatMap(timeline -> Stream.of(keyOf(conversation(timeline)), keyOf(timeline.app())))
                .distinct()
                .toList();
        CompletableFuture<Map<RecordKey, TimelineRecord>> found =
                keys.isEmpty() ? CompletableFuture.completedFuture(Map.of()) : records.get(keys, deadline);
        return found.thenApply(holds -> timelines.stream()
                .filter(timeline ->
                        isHeld(holds, keyOf(conversation(timeline))) || isHeld(holds, keyOf(timeline.app())))
                .collect(Collectors.toSet()));
    }

    private CompletableFuture<Void> write(RecordKey key, boolean held, Deadline deadline) {
        return records.get(List.of(key), deadline).thenCompose(found -> {
            @Nullable TimelineRecord before = found.get(key);
            if (isHeld(found, key) == held) {
                return CompletableFuture.completedFuture(null);
            }
            long version = before == null ? 0 : before.version();
            Payload value = Payload.copyOf(new byte[] {held ? HELD : 0});
            return records.replace(new TimelineRecord(key, version + 1, value), version, deadline)
                    .thenCompose(won -> won ? CompletableFuture.completedFuture(null) : write(key, held, deadline));
        });
    }

    private static boolean isHeld(Map<RecordKey, TimelineRecord> found, RecordKey key) {
        @Nullable TimelineRecord record = found.get(key);
        return record != null && isHeld(record);
    }

    private static boolean isHeld(TimelineRecord record) {
        return record.value().size() > 0
                && record.value().asReadOnlyByteBuffer().get(0) == HELD;
    }

    /** The conversation that a timeline belongs to; of one that belongs to none, itself. */
    static TimelineId conversation(TimelineId timeline) {
        int slash = timeline.name().indexOf('/');
        return timeline.family() == TimelineFamily.PERSONAL && slash > 0
                ? new TimelineId(
                        timeline.app(),
                        TimelineFamily.CONVERSATION,
                        timeline.name().substring(0, slash))
                : timeline;
    }

    private static RecordKey keyOf(TimelineId timeline) {
        return RecordKey.of(timeline, RecordKind.HOLD);
    }

    private static RecordKey keyOf(AppId app) {
        return RecordKey.of(new TimelineId(app, TimelineFamily.REGISTRY, "tiers"), RecordKind.HOLD);
    }
}
