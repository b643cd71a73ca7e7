package io.tideline.hbase.store;

import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.store.Deadline;
import io.tideline.hbase.schema.TimelineTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.RegionMetrics;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.Size;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AsyncAdmin;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.CompactionState;

/**
 * Flushes and compacts tables wholly, until every region has been rewritten since a moment: what was replaced or removed
 * before it is then in no live store file. Write-ahead logs and archived files are HBase's to clean up, by its own times.
 *
 * <p>Says so by the region servers' own figures. When their clocks are behind by some seconds, tables are compacted once more.
 */
final class HBasePurge implements PhysicalPurge {
    private final AsyncConnection connection;
    private final String namespace;

    HBasePurge(AsyncConnection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
    }

    @Override
    public String name() {
        return "tables";
    }

    @Override
    public CompletableFuture<Boolean> purge(Instant since, Deadline deadline) {
        AsyncAdmin admin = connection.getAdmin();
        List<CompletableFuture<Boolean>> tables = Stream.of(TimelineTable.values())
                .map(table -> purge(admin, table.name(namespace), since))
                .toList();
        return CompletableFuture.allOf(tables.toArray(CompletableFuture[]::new))
                .thenApply(done -> tables.stream().allMatch(CompletableFuture::join))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(HBaseFailures.ofRead(failure)));
    }

    private static CompletableFuture<Boolean> purge(AsyncAdmin admin, TableName table, Instant since) {
        return admin.tableExists(table).thenCompose(exists -> {
            if (!exists) {
                return CompletableFuture.completedFuture(true);
            }
            return isClean(admin, table, since)
                    .thenCompose(clean -> clean ? CompletableFuture.completedFuture(true) : compact(admin, table));
        });
    }

    private static CompletableFuture<Boolean> isClean(AsyncAdmin admin, TableName table, Instant since) {
        return admin.getRegionServers(true).thenCompose(servers -> {
            List<CompletableFuture<List<RegionMetrics>>> asked = new ArrayList<>();
            for (ServerName server : servers) {
                asked.add(admin.getRegionMetrics(server, table));
            }
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .thenCombine(admin.getRegions(table), (done, regions) -> {
                        List<RegionMetrics> found = asked.stream()
                                .flatMap(one -> one.join().stream())
                                .toList();
                        // A region on its way from one server to another is on none.
                        return found.size() >= regions.size()
                                && found.stream().allMatch(region -> isClean(region, since));
                    });
        });
    }

    private static boolean isClean(RegionMetrics region, Instant since) {
        boolean empty =
                region.getStoreFileCount() == 0 && region.getMemStoreSize().get(Size.Unit.BYTE) == 0;
        return empty || region.getLastMajorCompactionTimestamp() >= since.toEpochMilli();
    }

    /** Asks for it, unless it is under way. */
    private static CompletableFuture<Boolean> compact(AsyncAdmin admin, TableName table) {
        return admin.getCompactionState(table)
                .thenCompose(state -> state != CompactionState.NONE
                        ? CompletableFuture.completedFuture(false)
                        : admin.flush(table)
                                .thenCompose(flushed -> admin.majorCompact(table))
                                .thenApply(asked -> false));
    }
}
