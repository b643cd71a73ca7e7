package io.tideline.hbase.store;

import static io.tideline.core.store.TimelineInspection.StoredCell;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineInspection;
import io.tideline.core.store.TimelineInspector;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.DedupeCell;
import io.tideline.hbase.sequencer.HeadCell;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.MarkCell;
import io.tideline.hbase.sequencer.RecordCell;
import io.tideline.hbase.sequencer.ReleasedCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.sequencer.WatermarksCell;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HRegionLocation;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.filter.KeyOnlyFilter;
import org.apache.hadoop.hbase.util.Bytes;

/** Looks at the rows of a timeline as HBase has them. Counts every row, so a long timeline takes its time. */
final class HBaseTimelineInspector implements TimelineInspector {
    private final Tables tables;
    private final HBaseTimelineDirectory directory;

    HBaseTimelineInspector(Tables tables, HBaseTimelineDirectory directory) {
        this.tables = tables;
        this.directory = directory;
    }

    @Override
    public CompletableFuture<TimelineInspection> inspect(TimelineId timeline, int maxRows, Deadline deadline) {
        if (maxRows < 0 || maxRows > MAX_ROWS) {
            throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: 0.." + MAX_ROWS + ")");
        }
        byte[] prefix = TimelineKeys.prefix(timeline);
        AsyncTable<AdvancedScanResultConsumer> table = tables.reading(timeline, deadline);
        Counter counter = new Counter(prefix.length);
        table.scan(allRows(prefix).setFilter(new KeyOnlyFilter(true)).setCaching(1000), counter);
        CompletableFuture<List<StoredCell>> rows = maxRows == 0
                ? CompletableFuture.completedFuture(List.of())
                : table.scanAll(allRows(prefix).setLimit(maxRows))
                        .thenApply(results -> cells(results, prefix.length, maxRows));
        CompletableFuture<HRegionLocation> location =
                table.getRegionLocator().getRegionLocation(RowKeys.headRow(prefix), true);
        CompletableFuture<TimelineDescription> description = directory
                .describe(timeline, SequenceId.NONE, deadline)
                .thenApply(found -> found.orElse(new TimelineDescription(timeline, Head.EMPTY, Attributes.NONE)));
        return CompletableFuture.allOf(counter.done, rows, location, description)
                .handle((nothing, failure) -> {
                    if (failure != null) {
                        throw HBaseFailures.ofRead(failure);
                    }
                    return new TimelineInspection(
                            description.getNow(new TimelineDescription(timeline, Head.EMPTY, Attributes.NONE)),
                            TimelineTable.of(timeline.family())
                                    .name(tables.namespace())
                                    .getNameAsString(),
                            region(location.join()),
                            location.join().getServerName().getAddress().toString(),
                            counter.entryRows,
                            counter.bytes,
                            rows.join());
                });
    }

    private static String region(HRegionLocation location) {
        return location.getRegion().getEncodedName() + " ["
                + Bytes.toHex(location.getRegion().getStartKey()) + ".."
                + Bytes.toHex(location.getRegion().getEndKey()) + ")";
    }

    private static Scan allRows(byte[] prefix) {
        return new Scan()
                .withStartRow(RowKeys.headRow(prefix), true)
                .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_LAST), false)
                .setCacheBlocks(false);
    }

    private static List<StoredCell> cells(List<Result> results, int prefixLength, int most) {
        return results.stream()
                .flatMap(result -> java.util.Arrays.stream(result.rawCells()))
                .limit(most)
                .map(cell -> cell(cell, prefixLength))
                .toList();
    }

    private static StoredCell cell(Cell cell, int prefixLength) {
        return new StoredCell(
                Bytes.toHex(CellUtil.cloneRow(cell)),
                Bytes.toString(CellUtil.cloneFamily(cell)) + ":" + Bytes.toString(CellUtil.cloneQualifier(cell)),
                Instant.ofEpochMilli(cell.getTimestamp()),
                cell.getValueLength(),
                describe(cell, prefixLength));
    }

    private static String describe(Cell cell, int prefixLength) {
        try {
            return cell.getRowArray()[cell.getRowOffset() + prefixLength] < RowKeys.KIND_FIRST_RECORD
                    ? describeOwn(cell, CellUtil.cloneValue(cell), prefixLength)
                    : describeRecord(cell, prefixLength);
        } catch (MalformedBatchException | IllegalArgumentException e) {
            return "cannot be decoded: " + e.getMessage();
        }
    }

    private static String describeOwn(Cell cell, byte[] value, int prefixLength) throws MalformedBatchException {
        if (CellUtil.matchingColumn(cell, SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY)) {
            return EntryScanner.describe(cell, prefixLength);
        } else if (CellUtil.matchingColumn(cell, SchemaNames.HEAD_FAMILY, SchemaNames.HEAD)) {
            HeadCell head = HeadCell.decode(value);
            return "head last=" + head.last() + " counted=" + head.counted() + " last_discounted="
                    + head.lastDiscounted() + " time=" + Instant.ofEpochMilli(head.serverTime());
        } else if (CellUtil.matchingColumn(cell, SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS)) {
            WatermarksCell marks = WatermarksCell.decode(value);
            return "watermarks expired=" + marks.expiredThrough() + " expired_counted=" + marks.expiredCounted()
                    + " cold=" + marks.coldThrough() + " warm=" + marks.warmThrough() + " epoch=" + marks.epoch();
        } else if (CellUtil.matchingColumn(cell, SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED)) {
            return "released through=" + ReleasedCell.decode(value).through();
        } else if (CellUtil.matchingColumn(cell, SchemaNames.ACTIVITY_FAMILY, SchemaNames.ACTIVITY)) {
            return "activity day=" + LocalDate.ofEpochDay(RowKeys.activityDay(CellUtil.cloneRow(cell), prefixLength));
        } else if (CellUtil.matchingQualifier(cell, SchemaNames.ATTRIBUTES)) {
            Attributes attributes = AttributesCell.decode(value);
            return "attributes version=" + attributes.version() + " names="
                    + attributes.values().keySet();
        } else if (CellUtil.matchingColumn(cell, SchemaNames.DEDUPE_FAMILY, SchemaNames.DEDUPE)) {
            return "dedupe seq=" + DedupeCell.decode(value).seq();
        } else if (CellUtil.matchingFamily(cell, SchemaNames.RECORD_FAMILY)) {
            return "read mark through=" + cell.getTimestamp() + " counted="
                    + MarkCell.decode(value, 0, value.length).counted();
        }
        return "unknown column";
    }

    private static String describeRecord(Cell cell, int prefixLength) throws MalformedBatchException {
        RecordCell record = RecordCell.decode(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        byte[] row = CellUtil.cloneRow(cell);
        return "record kind=" + row[prefixLength] + " key=" + TimelineKeys.recordParts(row, prefixLength) + " version="
                + record.version() + " counted=" + record.counted();
    }

    /** Counts rows and bytes; values do not travel, only their lengths. Called by one thread at a time. */
    private static final class Counter implements AdvancedScanResultConsumer {
        private final int prefixLength;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private long entryRows;
        private long bytes;

        Counter(int prefixLength) {
            this.prefixLength = prefixLength;
        }

        @Override
        public void onNext(Result[] results, ScanController controller) {
            for (Result result : results) {
                if (result.getRow()[prefixLength] == RowKeys.KIND_ENTRY) {
                    entryRows++;
                }
                for (Cell cell : result.rawCells()) {
                    bytes += cell.getRowLength()
                            + cell.getFamilyLength()
                            + cell.getQualifierLength()
                            + Long.BYTES
                            + Bytes.toInt(cell.getValueArray(), cell.getValueOffset());
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
