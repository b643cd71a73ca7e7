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

/**
 * The right to fan a conversation out, taken by compare-and-set. Whoever works on without it does no harm, since what he
 * writes was or will be written in the same way; leases only keep two from doing the same work.
 *
 * <p>Used by one run, whose steps follow each other, so it needs no lock.
 */
final class FanoutLease {
    private final RecordStore records;
    private final FanoutConfig config;
    private final InstantSource clock;
    private final RecordKey key;
    private long version;
    private Instant until = Instant.EPOCH;

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

    /** Takes the lease, or prolongs it; false when somebody else has taken it meanwhile. */
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

    /** Prolongs the lease when half of it has passed. */
    CompletableFuture<Boolean> keep() {
        Duration left = Duration.between(clock.instant(), until);
        return left.compareTo(config.leaseTime().dividedBy(2)) > 0 ? CompletableFuture.completedFuture(true) : take();
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
