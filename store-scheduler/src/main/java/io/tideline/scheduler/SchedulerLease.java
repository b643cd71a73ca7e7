package io.tideline.scheduler;

import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.RegistryCodec;
import io.tideline.hbase.codec.RegistryCodec.NodeLease;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who works, and whether anybody should: two registers of the installation. A holder that believes in a lease it has lost
 * does no harm: commits are conditional on the watermarks' own epoch.
 */
final class SchedulerLease {
    private static final TimelineId REGISTRY =
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "store-scheduler");
    static final RecordKey LEASE = RecordKey.of(REGISTRY, RecordKind.LEASE, KeyPart.of(0));
    private static final RecordKey PAUSED = RecordKey.of(REGISTRY, RecordKind.SCHEDULER_PAUSED);
    private static final byte[] YES = {1};
    private static final byte[] NO = {0};

    /** What the registers say to this process. */
    enum Turn {
        MINE,
        ANOTHERS,
        PAUSED
    }

    private final RecordStore records;
    private final SchedulerConfig config;
    private final InstantSource clock;

    SchedulerLease(RecordStore records, SchedulerConfig config, InstantSource clock) {
        this.records = records;
        this.config = config;
        this.clock = clock;
    }

    /** Takes the lease, or prolongs it. */
    CompletableFuture<Turn> take() {
        return records.get(List.of(LEASE, PAUSED), deadline()).thenCompose(found -> {
            if (isPaused(found)) {
                return CompletableFuture.completedFuture(Turn.PAUSED);
            }
            @Nullable TimelineRecord held = found.get(LEASE);
            Instant now = clock.instant();
            if (held != null) {
                NodeLease lease = RegistryCodec.decodeLease(held);
                if (!lease.holder().equals(config.name()) && lease.expires().isAfter(now)) {
                    return CompletableFuture.completedFuture(Turn.ANOTHERS);
                }
            }
            long version = held == null ? 0 : held.version();
            NodeLease mine = new NodeLease(config.name(), now.plus(config.leaseTime()), Instant.EPOCH);
            TimelineRecord next = new TimelineRecord(LEASE, version + 1, RegistryCodec.encode(mine));
            return records.replace(next, version, deadline()).thenApply(won -> won ? Turn.MINE : Turn.ANOTHERS);
        });
    }

    /** Says that this process does not work any more, if it has the lease: another one may begin at once. */
    CompletableFuture<Void> release() {
        return records.get(List.of(LEASE), deadline()).thenCompose(found -> {
            @Nullable TimelineRecord held = found.get(LEASE);
            if (held == null || !RegistryCodec.decodeLease(held).holder().equals(config.name())) {
                return CompletableFuture.completedFuture(null);
            }
            NodeLease over = new NodeLease(config.name(), Instant.EPOCH, Instant.EPOCH);
            TimelineRecord next = new TimelineRecord(LEASE, held.version() + 1, RegistryCodec.encode(over));
            return records.replace(next, held.version(), deadline()).thenAccept(done -> {});
        });
    }

    CompletableFuture<SchedulerStatus> status() {
        return records.get(List.of(LEASE, PAUSED), deadline())
                .thenApply(found -> new SchedulerStatus(isPaused(found), holder(found)));
    }

    private Optional<String> holder(Map<RecordKey, TimelineRecord> found) {
        return Optional.ofNullable(found.get(LEASE))
                .map(RegistryCodec::decodeLease)
                .filter(lease -> lease.expires().isAfter(clock.instant()))
                .map(NodeLease::holder);
    }

    private static boolean isPaused(Map<RecordKey, TimelineRecord> found) {
        @Nullable TimelineRecord record = found.get(PAUSED);
        return record != null && record.value().toByteArray()[0] == YES[0];
    }

    /** For all processes, until it is said again otherwise. */
    CompletableFuture<Void> pause(boolean paused) {
        return records.get(List.of(PAUSED), deadline()).thenCompose(found -> {
            @Nullable TimelineRecord before = found.get(PAUSED);
            long version = before == null ? 1 : before.version() + 1;
            return records.raise(
                    List.of(new TimelineRecord(PAUSED, version, Payload.copyOf(paused ? YES : NO))), deadline());
        });
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
