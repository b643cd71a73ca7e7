package io.tideline.sync.fanout;

import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.internal.Flow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Finds the task that has waited longest without looking at all of them each time. Of each task it knows a time before which
 * it cannot have begun to wait: the time found when it was last looked at, since what is done is never undone; or that of
 * the scan before it was first seen. Those with the earliest such times are looked at until none of the rest can be older.
 *
 * <p>After the start nothing is known: then it takes as many scans as there are tasks for each {@value #MOST}. The oldest
 * found is looked at again each time. One scan at a time.
 */
final class OldestPending {
    /** Tasks looked at in one scan, about three reads each. */
    static final int MOST = 100;

    private static final int AT_ONCE = 16;

    private final PendingReader reader;
    private Map<TimelineId, Instant> notBefore = new HashMap<>();
    private Instant lastScan = Instant.MIN;
    private Optional<TimelineId> lastOldest = Optional.empty();

    OldestPending(PendingReader reader) {
        this.reader = reader;
    }

    /**
     * Since when the oldest waits; empty when nothing is known to wait.
     *
     * @param tasks all of them
     * @param began when the scan for them did
     */
    CompletableFuture<Optional<Instant>> find(List<TimelineRecord> tasks, Instant began, Supplier<Deadline> deadlines) {
        Map<TimelineId, Instant> known = new HashMap<>();
        tasks.forEach(task ->
                known.put(task.key().owner(), notBefore.getOrDefault(task.key().owner(), lastScan)));
        PriorityQueue<TimelineRecord> next = new PriorityQueue<>(Comparator.comparing(this::isNotLastOldest)
                .thenComparing(task -> known.getOrDefault(task.key().owner(), Instant.MIN)));
        next.addAll(tasks);
        Look look = new Look();
        return Flow.repeat(() -> {
                    List<TimelineRecord> some = new ArrayList<>();
                    while (some.size() < AT_ONCE && look.looked + some.size() < MOST && !next.isEmpty()) {
                        Instant earliest =
                                known.getOrDefault(next.element().key().owner(), Instant.MIN);
                        if (look.since.isPresent() && !earliest.isBefore(look.since.get())) {
                            break;
                        }
                        some.add(next.remove());
                    }
                    if (some.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    look.looked += some.size();
                    return reader.describe(some, deadlines.get()).thenApply(found -> {
                        // What has expired, or was done meanwhile, waits for nothing that is older than this scan.
                        found.forEach(pending -> {
                            known.put(pending.conversation(), pending.since().orElse(began));
                            look.take(pending);
                        });
                        return true;
                    });
                })
                .thenApply(done -> {
                    notBefore = known;
                    lastScan = began;
                    lastOldest = look.oldest;
                    return look.since;
                });
    }

    private boolean isNotLastOldest(TimelineRecord task) {
        return !lastOldest.equals(Optional.of(task.key().owner()));
    }

    /** What one scan has found so far. */
    private static final class Look {
        private int looked;
        private Optional<Instant> since = Optional.empty();
        private Optional<TimelineId> oldest = Optional.empty();

        void take(PendingFanout pending) {
            boolean older = pending.since().isPresent()
                    && (since.isEmpty() || pending.since().get().isBefore(since.get()));
            if (older) {
                since = pending.since();
                oldest = Optional.of(pending.conversation());
            }
        }
    }
}
