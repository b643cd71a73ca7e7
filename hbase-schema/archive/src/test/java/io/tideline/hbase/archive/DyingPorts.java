package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.ErasedEntry;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Ports that fail at one of their calls and at all that follow, with that call done or not: a process that dies there. */
final class DyingPorts {
    private final AtomicInteger left;
    private final boolean done;

    /**
     * Dies.
     *
     * @param calls that go well before
     * @param done whether the one it dies at is carried out
     */
    DyingPorts(int calls, boolean done) {
        this.left = new AtomicInteger(calls);
        this.done = done;
    }

    boolean isDead() {
        return left.get() < 0;
    }

    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        int before = left.getAndDecrement();
        if (before > 0) {
            return call.get();
        }
        StorageUnavailableException death = new StorageUnavailableException("died", Map.of(), null);
        return before == 0 && done
                ? call.get().thenCompose(lost -> CompletableFuture.failedFuture(death))
                : CompletableFuture.failedFuture(death);
    }

    ArchivePorts over(ArchivePorts ports) {
        ArchivePolicy policy =
                (timelines, deadline) -> call(() -> ports.policy().limits(timelines, deadline));
        return new ArchivePorts(ports.store(), warm(ports.warm()), watermarks(ports.watermarks()), policy);
    }

    /** Progress that is told counts as a call, so that jobs die half way. */
    ArchiveProgress progress() {
        return new ArchiveProgress() {
            @Override
            public void at(String stage, long done, long total) {
                if (left.getAndDecrement() <= 0) {
                    throw new StorageUnavailableException("died at " + stage, Map.of(), null);
                }
            }

            @Override
            public boolean isStopRequested() {
                return false;
            }
        };
    }

    private WatermarkStore watermarks(WatermarkStore real) {
        return new WatermarkStore() {
            @Override
            public CompletableFuture<TierState> state(TimelineId timeline, Deadline deadline) {
                return call(() -> real.state(timeline, deadline));
            }

            @Override
            public CompletableFuture<Boolean> replace(
                    TimelineId timeline, TierState expected, TierState next, Deadline deadline) {
                return call(() -> real.replace(timeline, expected, next, deadline));
            }
        };
    }

    private WarmTier warm(WarmTier real) {
        return new WarmTier() {
            @Override
            public CompletableFuture<RangeDigest> copyFromHot(EntryRange range, Deadline deadline) {
                return call(() -> real.copyFromHot(range, deadline));
            }

            @Override
            public CompletableFuture<Void> restore(
                    TimelineId timeline, List<Entry> entries, List<ErasedEntry> erased, Deadline deadline) {
                return call(() -> real.restore(timeline, entries, erased, deadline));
            }

            @Override
            public CompletableFuture<Void> reopen(TimelineId timeline, SequenceId through, Deadline deadline) {
                return call(() -> real.reopen(timeline, through, deadline));
            }

            @Override
            public CompletableFuture<RangeDigest> digest(EntryRange range, Deadline deadline) {
                return call(() -> real.digest(range, deadline));
            }

            @Override
            public CompletableFuture<Void> release(TimelineId timeline, SequenceId through, Deadline deadline) {
                return call(() -> real.release(timeline, through, deadline));
            }

            @Override
            public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
                return call(() -> real.erase(timeline, seqs, deadline));
            }

            @Override
            public CompletableFuture<RangeSlice> read(
                    EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
                return call(() -> real.read(range, direction, maxBytes, deadline));
            }
        };
    }
}
