package io.tideline.hbase.store;

import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.store.Deadline;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.FeedAnswer;
import io.tideline.hbase.sequencer.FeedQuestion;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.SchemaNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.client.AsyncTableRegionLocator;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.jspecify.annotations.Nullable;

/** Asks by marked {@code Get}s, of which HBase's client makes one request to each region server. */
final class HBaseFeedRegions implements FeedRegions {
    /** In the first region, which begins with nothing, while a Get must have a row. */
    private static final byte[] FIRST_ROW = {0};

    private final Tables tables;
    private final Duration answerLimit;

    HBaseFeedRegions(Tables tables, Duration answerLimit) {
        this.tables = tables;
        this.answerLimit = answerLimit;
    }

    /**
     * Compares the servers that the client would ask with those in the map, and looks anew where they differ: a server
     * that has lost its region without noticing would answer for ever that nothing moves.
     */
    @Override
    public CompletableFuture<List<byte[]>> rows(TimelineTable table) {
        AsyncTableRegionLocator locator = tables.connection().getRegionLocator(table.name(tables.namespace()));
        return locator.getAllRegionLocations().thenCompose(locations -> {
            List<byte[]> rows = new ArrayList<>(locations.size());
            List<CompletableFuture<?>> checks = new ArrayList<>(locations.size());
            for (HRegionLocation location : locations) {
                if (location.getRegion().getReplicaId() == 0) {
                    byte[] start = location.getRegion().getStartKey();
                    byte[] row = start.length == 0 ? FIRST_ROW : start;
                    rows.add(row);
                    checks.add(locator.getRegionLocation(row, false)
                            .thenCompose(known -> Objects.equals(known.getServerName(), location.getServerName())
                                    ? CompletableFuture.completedFuture(known)
                                    : locator.getRegionLocation(row, true)));
                }
            }
            return CompletableFuture.allOf(checks.toArray(CompletableFuture<?>[]::new))
                    .thenApply(checked -> rows);
        });
    }

    @Override
    public List<CompletableFuture<FeedAnswer>> ask(
            TimelineTable table, List<byte[]> rows, List<FeedQuestion> questions) {
        List<Get> gets = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            gets.add(new Get(rows.get(i))
                    .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD)
                    .setAttribute(SchemaNames.FEED_ATTRIBUTE, questions.get(i).encode()));
        }
        return tables.reading(table, Deadline.after(answerLimit)).get(gets).stream()
                .map(answer -> answer.thenApply(result -> decode(table, result)))
                .toList();
    }

    private static FeedAnswer decode(TimelineTable table, Result result) {
        @Nullable Cell cell = result.getColumnLatestCell(SchemaNames.FEED_FAMILY, SchemaNames.FEED_QUALIFIER);
        if (cell == null) {
            throw new SchemaMismatchException(
                    "the sequencer of a region does not tell changes", Map.of("table", table.name()), null);
        }
        try {
            return FeedAnswer.decode(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }
}
