package io.tideline.store.id;

import io.tideline.core.error.OverloadedException;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.hbase.codec.RegistryCodec;
import io.tideline.hbase.codec.RegistryCodec.NodeLease;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Takes and renews leases of node numbers: each step replaces the record that was seen, or fails. */
final class NodeLeases {
    private static final int MAX_TRIES = 32;

    private final RecordStore records;
    private final LeaseConfig config;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final String holder;

    NodeLeases(RecordStore records, LeaseConfig config, InstantSource clock, RandomGenerator random, String holder) {
        this.records = records;
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.holder = holder;
    }

    /**
     * A lease that this process holds.
     *
     * @param version of the record by which it does
     * @param usedThrough ids of the node up to this millisecond may have been given before it was taken
     * @param reservedThrough ids may be given up to this millisecond
     */
    record Held(int node, long version, long usedThrough, long reservedThrough) {}

    /**
     * Takes a number that nobody ever had, or whose lease has run out.
     *
     * @param givenThrough the millisecond of the last id that this process gave
     */
    CompletableFuture<Held> take(long givenThrough) {
        return take(givenThrough, 0);
    }

    private CompletableFuture<Held> take(long givenThrough, int tries) {
        RecordScan scan = RecordScan.all(config.registry(), LeaseConfig.MAX_NODES, RecordKind.LEASE);
        return records.scan(scan, deadline()).thenCompose(page -> {
            Map<Integer, TimelineRecord> leases = new HashMap<>();
            page.records().forEach(record -> leases.put((int) record.key().number(0), record));
            List<Integer> free = free(leases);
            if (free.isEmpty() || tries == MAX_TRIES) {
                return CompletableFuture.failedFuture(new OverloadedException(
                        "no node number for message ids is free",
                        Map.of("nodes", Integer.toString(config.nodes())),
                        null));
            }
            // Any of them: processes that start together then seldom want the same one.
            int node = free.get(random.nextInt(free.size()));
            return replace(node, leases.get(node), givenThrough)
                    .thenCompose(held ->
                            held.node() >= 0 ? CompletableFuture.completedFuture(held) : take(givenThrough, tries + 1));
        });
    }

    private List<Integer> free(Map<Integer, TimelineRecord> leases) {
        List<Integer> free = new ArrayList<>();
        for (int node = 0; node < config.nodes(); node++) {
            @Nullable TimelineRecord lease = leases.get(node);
            if (lease == null || !RegistryCodec.decodeLease(lease).expires().isAfter(clock.instant())) {
                free.add(node);
            }
        }
        return free;
    }

    private CompletableFuture<Held> replace(int node, @Nullable TimelineRecord seen, long givenThrough) {
        long version = seen == null ? 0 : seen.version();
        long used = seen == null
                ? 0
                : RegistryCodec.decodeLease(seen).reservedThrough().toEpochMilli();
        return renew(new Held(node, version, used, used), Math.max(used, givenThrough));
    }

    /** Reserves further ahead. The node of the answer is -1 when another process has taken the number. */
    CompletableFuture<Held> renew(Held held, long givenThrough) {
        Instant now = clock.instant();
        long ahead = Math.max(givenThrough, now.toEpochMilli())
                + config.reserveAhead().toMillis();
        long through = Math.max(held.reservedThrough(), ahead);
        Held next = new Held(held.node(), held.version() + 1, held.usedThrough(), through);
        NodeLease lease = new NodeLease(holder, now.plus(config.leaseTime()), Instant.ofEpochMilli(through));
        RecordKey key = RecordKey.of(config.registry(), RecordKind.LEASE, KeyPart.of(held.node()));
        TimelineRecord record = new TimelineRecord(key, next.version(), RegistryCodec.encode(lease));
        return records.replace(record, held.version(), deadline()).thenApply(won -> won ? next : new Held(-1, 0, 0, 0));
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
