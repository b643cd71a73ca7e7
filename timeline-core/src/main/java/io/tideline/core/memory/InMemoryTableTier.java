package io.tideline.core.memory;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TableTier;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One tier of all timelines of the model. */
class InMemoryTableTier implements TableTier {
    private final InMemoryTimelineStore store;
    private final Function<InMemoryTimeline, InMemoryTier> tier;

    InMemoryTableTier(InMemoryTimelineStore store, Function<InMemoryTimeline, InMemoryTier> tier) {
        this.store = store;
        this.tier = tier;
    }

    final <T> CompletableFuture<T> with(TimelineId timeline, Function<InMemoryTimeline, T> work) {
        return CompletableFuture.completedFuture(store.locked(timeline, work));
    }

    final <T> CompletableFuture<T> withExisting(TimelineId timeline, Function<InMemoryTimeline, T> work) {
        return CompletableFuture.completedFuture(store.lockedExisting(timeline, work));
    }

    @Override
    public CompletableFuture<RangeSlice> read(EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        if (range.length() > MAX_RANGE) {
            throw new IllegalArgumentException("range: " + range.length() + " seqs (expected: 1.." + MAX_RANGE + ")");
        }
        return with(range.timeline(), found -> tier.apply(found).read(range, direction, maxBytes));
    }

    @Override
    public CompletableFuture<RangeDigest> digest(EntryRange range, Deadline deadline) {
        return with(range.timeline(), found -> tier.apply(found).digest(range));
    }

    @Override
    public CompletableFuture<Void> release(TimelineId timeline, SequenceId through, Deadline deadline) {
        return with(timeline, found -> {
                    tier.apply(found).release(through);
                    return true;
                })
                .thenApply(released -> null);
    }

    @Override
    public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
        if (seqs.size() > MAX_ERASED) {
            throw new IllegalArgumentException("seqs: " + seqs.size() + " (expected: 0.." + MAX_ERASED + ")");
        }
        return with(timeline, found -> tier.apply(found).erase(seqs));
    }
}
