package io.tideline.hbase.store;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TableTier;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.ReleasedCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.CheckAndMutateResult;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;

/** Entries in a table: of each timeline, in the one that {@code table} names. */
class HBaseTableTier implements TableTier {
    /** A megabyte of usual messages: what is held at once while ranges of any length are gone through. */
    private static final int ROWS_PER_STEP = 2000;

    private static final long MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

    /** Two who write the mark of one timeline at once are rare, seventeen a fault. */
    private static final int MAX_TRIES = 16;

    private final Tables tables;
    private final EntryScanner scanner;
    private final Function<TimelineId, TimelineTable> table;

    HBaseTableTier(Tables tables, EntryScanner scanner, Function<TimelineId, TimelineTable> table) {
        this.tables = tables;
        this.scanner = scanner;
        this.table = table;
    }

    final AsyncTable<?> tableOf(TimelineId timeline, Deadline deadline) {
        return tables.reading(table.apply(timeline), deadline);
    }

    @Override
    public CompletableFuture<RangeSlice> read(EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        if (range.length() > MAX_RANGE) {
            throw new IllegalArgumentException("range: " + range.length() + " seqs (expected: 1.." + MAX_RANGE + ")");
        }
        boolean forward = direction == Direction.FORWARD;
        return scanner.scan(
                table.apply(range.timeline()),
                range.timeline(),
                forward ? range.first() : range.last(),
                forward ? range.last() : range.first(),
                direction,
                (int) range.length(),
                maxBytes,
                deadline);
    }

    @Override
    public CompletableFuture<RangeDigest> digest(EntryRange range, Deadline deadline) {
        return eachStep(range, deadline, cells -> CompletableFuture.completedFuture(null));
    }

    /** Goes through the cells of a range, in their order and a step at a time, and tells what they were. */
    final CompletableFuture<RangeDigest> eachStep(
            EntryRange range, Deadline deadline, Function<List<Cell>, CompletableFuture<Void>> action) {
        CellDigest digest = new CellDigest(TimelineKeys.prefix(range.timeline()).length);
        return step(range, range.first(), digest, deadline, action).thenApply(done -> digest.result());
    }

    private CompletableFuture<Void> step(
            EntryRange range,
            SequenceId from,
            CellDigest digest,
            Deadline deadline,
            Function<List<Cell>, CompletableFuture<Void>> action) {
        return HBaseFailures.translated(tableOf(range.timeline(), deadline).scanAll(scan(range, from)))
                .thenCompose(results -> {
                    List<Cell> cells = new ArrayList<>(results.size());
                    for (Result result : results) {
                        Cell cell = result.rawCells()[0];
                        digest.add(cell);
                        cells.add(cell);
                    }
                    SequenceId next = digest.result().last().next();
                    return action.apply(cells)
                            .thenCompose(done -> cells.size() < ROWS_PER_STEP || next.isAfter(range.last())
                                    ? CompletableFuture.completedFuture(null)
                                    : step(range, next, digest, deadline, action));
                });
    }

    private static Scan scan(EntryRange range, SequenceId from) {
        byte[] prefix = TimelineKeys.prefix(range.timeline());
        return new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, from.value()), true)
                .withStopRow(RowKeys.entryRow(prefix, range.last().value()), true)
                .setLimit(ROWS_PER_STEP)
                .setCaching(ROWS_PER_STEP)
                .setMaxResultSize(MAX_RESPONSE_BYTES)
                // Who goes through everything must not drive out what users read.
                .setCacheBlocks(false);
    }

    @Override
    public CompletableFuture<Void> release(TimelineId timeline, SequenceId through, Deadline deadline) {
        return mark(timeline, through, before -> before < through.value(), 0, deadline);
    }

    /** Writes the release mark if it is still to be changed, in one step with the look at it. */
    final CompletableFuture<Void> mark(
            TimelineId timeline, SequenceId through, LongPredicate changes, int tries, Deadline deadline) {
        byte[] row = RowKeys.headRow(TimelineKeys.prefix(timeline));
        AsyncTable<?> table = tableOf(timeline, deadline);
        return HBaseFailures.translated(
                        table.get(new Get(row).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED)))
                .thenCompose(found -> changes.test(released(found))
                        ? HBaseFailures.translated(table.checkAndMutate(change(row, found, through)))
                                .thenCompose(done -> done.isSuccess() || tries >= MAX_TRIES
                                        ? settled(done.isSuccess())
                                        : mark(timeline, through, changes, tries + 1, deadline))
                        : CompletableFuture.completedFuture(null));
    }

    private static CompletableFuture<Void> settled(boolean done) {
        return done
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(
                        new OverloadedException("a release mark changes all the time", Map.of(), null));
    }

    private static long released(Result found) {
        try {
            return found.isEmpty() ? 0 : ReleasedCell.decode(found.value()).through();
        } catch (MalformedBatchException e) {
            throw new CorruptDataException("a release mark cannot be decoded", Map.of(), e);
        }
    }

    private static CheckAndMutate change(byte[] row, Result found, SequenceId through) {
        // Later than the cell that it replaces, whatever the clocks of two servers say.
        long time = Math.max(System.currentTimeMillis(), found.isEmpty() ? 0 : found.rawCells()[0].getTimestamp() + 1);
        Put put = new Put(row)
                .addColumn(
                        SchemaNames.HEAD_FAMILY,
                        SchemaNames.RELEASED,
                        time,
                        new ReleasedCell(through.value()).encode());
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(row);
        return (found.isEmpty()
                        ? check.ifNotExists(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED)
                        : check.ifEquals(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED, found.value()))
                .build(put);
    }

    @Override
    public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
        if (seqs.size() > MAX_ERASED) {
            throw new IllegalArgumentException("seqs: " + seqs.size() + " (expected: 0.." + MAX_ERASED + ")");
        }
        if (seqs.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        byte[] prefix = TimelineKeys.prefix(timeline);
        List<Get> gets = seqs.stream()
                .map(seq -> new Get(RowKeys.entryRow(prefix, seq.value())).addFamily(SchemaNames.ENTRY_FAMILY))
                .toList();
        AsyncTable<?> rows = tableOf(timeline, deadline);
        return HBaseFailures.translated(rows.getAll(gets).thenCompose(found -> {
            List<CheckAndMutate> markers = new ArrayList<>();
            for (Result result : found) {
                marker(result, prefix.length, markers);
            }
            return markers.isEmpty()
                    ? CompletableFuture.completedFuture(0)
                    : rows.checkAndMutateAll(markers).thenApply(done -> (int) done.stream()
                            .filter(CheckAndMutateResult::isSuccess)
                            .count());
        }));
    }

    private static void marker(Result result, int prefixLength, List<CheckAndMutate> markers) {
        if (result.isEmpty()) {
            return;
        }
        Cell cell = result.rawCells()[0];
        if (EntryBytes.isErased(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength())) {
            return;
        }
        try {
            byte[] value = CellUtil.cloneValue(cell);
            long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
            EntryBytes.Stored stored = EntryBytes.decodeCell(value, 0, value.length, seq);
            byte[] marker = EntryBytes.erasedCell(stored.serverTime(), stored.counted());
            // Another version beside the first one until the next flush or compaction, which keeps the later alone.
            Put put = new Put(result.getRow())
                    .addColumn(SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, cell.getTimestamp() + 1, marker);
            markers.add(CheckAndMutate.newBuilder(result.getRow())
                    .ifEquals(SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, value)
                    .build(put));
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }
}
