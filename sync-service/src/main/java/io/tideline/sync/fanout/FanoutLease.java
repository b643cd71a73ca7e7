package io.tideline.sync.fanout;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.internal.Flow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to fan a conversation out, taken by compare-and-set. Whoever works on without it does no harm, since what he
 * writes was or will be written in the same way; leases only keep two from doing the same work.
 *
 * <p>For maintainers: the steps of a run follow each other, but inboxes are written many at a time, and each of these writes
 * keeps the lease first. Whoever finds half of it gone prolongs it, the others wait for his answer; that he is the only one
 * ({@code prolonging}) also guards {@code version}. One that was lost stays lost, since the run ends.
 */
final class FanoutLease {
    private final RecordStore records;
    private final FanoutConfig config;
    private final InstantSource clock;
    private final RecordKey key;
    private final AtomicReference<@Nullable CompletableFuture<Void>> prolonging = new AtomicReference<>();
    private long version;
    private volatile Instant until = Instant.EPOCH;

    /** @param version of the lease record as it was found, 0 for none */
    FanoutLease(RecordStore records, FanoutConfig config, InstantSource clock, TimelineId conversation, long version) {
        this.records = records;
        this.config = config;
        this.clock = clock;
        this.key = key(conversation);
        this.version = version;
    }

    static RecordKey key(TimelineId conversation) {
        return RecordKey.of(conversation, RecordKind.FANOUT_LEASE);
    }

    /** Takes the lease; false when somebody else has taken it meanwhile. */
    CompletableFuture<Boolean> take() {
        Instant end = clock.instant().plus(config.leaseTime());
        return replace(end).thenApply(taken -> {
            if (taken) {
                version++;
                until = end;
            }
            return taken;
        });
    }

    /**
     * Makes a call that takes less than half the lease, which is prolonged before when half of it has passed. From any thread;
     * the call is made there, or on the thread that completes the store's answer.
     *
     * @throws LeaseLostException (deferred) somebody else has taken it; the call was not made
     */
    <T> CompletableFuture<T> holding(Supplier<CompletableFuture<T>> call) {
        return keep().thenCompose(kept -> call.get());
    }

    /**
     * Prolongs the lease when half of it has passed.
     *
     * @throws LeaseLostException (deferred) somebody else has taken it
     */
    CompletableFuture<Void> keep() {
        Duration left = Duration.between(clock.instant(), until);
        if (left.compareTo(config.leaseTime().dividedBy(2)) > 0) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        @Nullable CompletableFuture<Void> others = prolonging.compareAndExchange(null, mine);
        if (others != null) {
            return others;
        }
        Flow.listen(take(), (taken, failure) -> {
            if (failure != null) {
                mine.completeExceptionally(failure);
            } else if (Boolean.TRUE.equals(taken)) {
                prolonging.set(null);
                mine.complete(null);
            } else {
                mine.completeExceptionally(new LeaseLostException());
            }
        });
        return mine;
    }

    /** Lets others begin at once. */
    CompletableFuture<Void> release() {
        return replace(Instant.EPOCH).thenAccept(released -> {});
    }

    private CompletableFuture<Boolean> replace(Instant end) {
        SyncCodec.Lease lease = new SyncCodec.Lease(config.name(), end);
        TimelineRecord next = new TimelineRecord(key, version + 1, SyncCodec.encode(lease));
        return Flow.call(() -> records.replace(next, version, Deadline.after(config.requestTimeout())));
    }
}
