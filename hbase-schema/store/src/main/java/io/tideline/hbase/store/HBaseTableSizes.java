package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TableSizes;
import io.tideline.core.tier.Tier;
import io.tideline.hbase.schema.TimelineTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.RegionMetrics;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.Size;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AsyncAdmin;
import org.apache.hadoop.hbase.client.AsyncConnection;

/** The region servers' own figures; one request to each server and table. A region on its way to another server is missed. */
final class HBaseTableSizes implements TableSizes {
    private static final Map<Tier, TimelineTable> TABLES =
            Map.of(Tier.HOT, TimelineTable.HOT, Tier.WARM, TimelineTable.WARM);

    private final AsyncConnection connection;
    private final String namespace;

    HBaseTableSizes(AsyncConnection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
    }

    @Override
    public CompletableFuture<Map<Tier, TableSize>> sizes(Deadline deadline) {
        AsyncAdmin admin = connection.getAdmin();
        Map<Tier, CompletableFuture<Optional<TableSize>>> asked = new EnumMap<>(Tier.class);
        TABLES.forEach((tier, table) -> asked.put(tier, size(admin, table.name(namespace))));
        CompletableFuture<Map<Tier, TableSize>> answer = CompletableFuture.allOf(
                        asked.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<Tier, TableSize> sizes = new EnumMap<>(Tier.class);
                    asked.forEach((tier, size) -> size.join().ifPresent(found -> sizes.put(tier, found)));
                    return sizes;
                });
        // The admin has limits of its own, which are longer than most callers'.
        return HBaseFailures.translated(answer.orTimeout(Math.max(1, deadline.remainingNanos()), TimeUnit.NANOSECONDS));
    }

    private static CompletableFuture<Optional<TableSize>> size(AsyncAdmin admin, TableName table) {
        return admin.tableExists(table)
                .thenCompose(exists -> exists
                        ? admin.getRegionServers(true).thenCompose(servers -> size(admin, table, servers))
                        : CompletableFuture.completedFuture(Optional.empty()));
    }

    private static CompletableFuture<Optional<TableSize>> size(
            AsyncAdmin admin, TableName table, Collection<ServerName> servers) {
        List<CompletableFuture<List<RegionMetrics>>> asked = new ArrayList<>();
        for (ServerName server : servers) {
            asked.add(admin.getRegionMetrics(server, table));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<RegionMetrics> regions =
                    asked.stream().flatMap(one -> one.join().stream()).toList();
            return Optional.of(new TableSize(
                    regions.size(),
                    regions.stream()
                            .mapToLong(region -> bytes(region.getStoreFileSize()))
                            .sum(),
                    regions.stream()
                            .mapToLong(region -> bytes(region.getMemStoreSize()))
                            .sum()));
        });
    }

    private static long bytes(Size size) {
        return (long) size.get(Size.Unit.BYTE);
    }
}
