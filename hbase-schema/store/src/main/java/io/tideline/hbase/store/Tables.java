package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.AsyncTable;

/**
 * The tables as this client uses them: with short, explicit time limits in place of HBase's 15 attempts and 20 minutes.
 */
final class Tables {
    /** One attempt at one region server; a server that is slower than this is asked again. */
    private static final long RPC_TIMEOUT_MILLIS = 5_000;

    /** One carrier with HBase's own retries. Its appends go on after that, each until its own deadline. */
    private static final long OPERATION_TIMEOUT_MILLIS = 10_000;

    private static final long RETRY_PAUSE_MILLIS = 20;

    private final AsyncConnection connection;
    private final String namespace;
    private final Map<TimelineTable, AsyncTable<AdvancedScanResultConsumer>> standard =
            new EnumMap<>(TimelineTable.class);

    Tables(AsyncConnection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
        for (TimelineTable table : TimelineTable.values()) {
            standard.put(table, build(table, OPERATION_TIMEOUT_MILLIS));
        }
    }

    private AsyncTable<AdvancedScanResultConsumer> build(TimelineTable table, long operationTimeoutMillis) {
        return connection
                .getTableBuilder(table.name(namespace))
                .setRpcTimeout(Math.min(RPC_TIMEOUT_MILLIS, operationTimeoutMillis), TimeUnit.MILLISECONDS)
                .setReadRpcTimeout(Math.min(RPC_TIMEOUT_MILLIS, operationTimeoutMillis), TimeUnit.MILLISECONDS)
                .setWriteRpcTimeout(Math.min(RPC_TIMEOUT_MILLIS, operationTimeoutMillis), TimeUnit.MILLISECONDS)
                .setOperationTimeout(operationTimeoutMillis, TimeUnit.MILLISECONDS)
                .setScanTimeout(operationTimeoutMillis, TimeUnit.MILLISECONDS)
                .setRetryPause(RETRY_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                // Time ends a request, not a count.
                .setMaxAttempts(Integer.MAX_VALUE)
                .build();
    }

    AsyncTable<AdvancedScanResultConsumer> appending(TimelineTable table) {
        return standard.getOrDefault(table, build(table, OPERATION_TIMEOUT_MILLIS));
    }

    AsyncTable<AdvancedScanResultConsumer> reading(TimelineId timeline, Deadline deadline) {
        return reading(TimelineTable.of(timeline.family()), deadline);
    }

    /** A table that goes on trying until nobody waits any more. */
    AsyncTable<AdvancedScanResultConsumer> reading(TimelineTable table, Deadline deadline) {
        return build(table, Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos())));
    }

    /** Forgets where a row's region was and asks anew, when its server turned out to be out of date. */
    CompletableFuture<Void> relocate(TimelineTable table, byte[] row) {
        return connection
                .getRegionLocator(table.name(namespace))
                .getRegionLocation(row, true)
                .thenApply(location -> null);
    }

    CompletableFuture<RegionMap> regionMap(TimelineTable table) {
        return connection
                .getRegionLocator(table.name(namespace))
                .getAllRegionLocations()
                .thenApply(RegionMap::of);
    }

    AsyncConnection connection() {
        return connection;
    }

    String namespace() {
        return namespace;
    }
}
