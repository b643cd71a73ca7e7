package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The port to what the tables of tiers take up, as those who serve them say: no entry is read or counted. */
@FunctionalInterface
public interface TableSizes {
    /** Of no table anything is known. */
    TableSizes UNKNOWN = deadline -> CompletableFuture.completedFuture(Map.of());

    /**
     * One table, with heads, records and whatever else it has beside entries.
     *
     * @param regions that were on a server
     * @param fileBytes on disk, compressed, before replication
     * @param memoryBytes not yet on disk
     */
    record TableSize(long regions, long fileBytes, long memoryBytes) {}

    /** By tier; tiers that are no table, and tables that do not exist, are not in it. Fails (deferred) as the stores do. */
    CompletableFuture<Map<Tier, TableSize>> sizes(Deadline deadline);
}
