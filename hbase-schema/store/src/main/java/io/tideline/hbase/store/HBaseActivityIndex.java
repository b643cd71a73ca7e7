package io.tideline.hbase.store;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.ActivityCell;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.HeadCell;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.ReleasedCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.filter.BinaryComparator;
import org.apache.hadoop.hbase.filter.ValueFilter;

/**
 * The days that the sequencer has noted down. A scan for them is as long as there are days not settled, of all timelines;
 * later days than wanted stay on the server.
 *
 * <p>A day is settled only as far as it is over: not if the first entry that is still hot, judged by the release mark, is
 * of this day or an earlier one. And what is deleted is no newer than the head that was read before, while the sequencer
 * writes with the head's timestamp: an append that comes in between notes its day for good.
 */
final class HBaseActivityIndex implements ActivityIndex {
    /** Conversations and personal timelines are together in one table; the others are not noted. */
    private static final TimelineTable TABLE = TimelineTable.of(TimelineFamily.CONVERSATION);

    private static final long MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
    private static final int MAX_ROWS_PER_RESPONSE = 10_000;

    /** How far a timeline's head had come, and what is hot. */
    private record Seen(long cellTime, long last, long releasedThrough) {}

    private final Tables tables;

    HBaseActivityIndex(Tables tables) {
        this.tables = tables;
    }

    @Override
    public CompletableFuture<ActivityPage> through(
            LocalDate day, Optional<Activity> after, int max, Deadline deadline) {
        if (max < 1 || max > MAX_PAGE) {
            throw new IllegalArgumentException("max: " + max + " (expected: 1.." + MAX_PAGE + ")");
        }
        if (day.toEpochDay() < 0) {
            return CompletableFuture.completedFuture(new ActivityPage(List.of(), Optional.empty()));
        }
        Scan scan = days().setFilter(new ValueFilter(
                        CompareOperator.LESS_OR_EQUAL, new BinaryComparator(new ActivityCell(epochDay(day)).encode())))
                .setLimit(max + 1)
                .setCaching(Math.min(max + 1, MAX_ROWS_PER_RESPONSE))
                .setMaxResultSize(MAX_RESPONSE_BYTES)
                .setCacheBlocks(false);
        after.ifPresent(last -> scan.withStartRow(row(last.timeline(), last.day()), false));
        return HBaseFailures.translated(
                tables.reading(TABLE, deadline).scanAll(scan).thenApply(found -> page(found, max)));
    }

    private static Scan days() {
        return new Scan().addColumn(SchemaNames.ACTIVITY_FAMILY, SchemaNames.ACTIVITY);
    }

    private static byte[] row(TimelineId timeline, LocalDate day) {
        return RowKeys.activityRow(TimelineKeys.prefix(timeline), epochDay(day));
    }

    private static int epochDay(LocalDate day) {
        return (int) Math.min(day.toEpochDay(), Integer.MAX_VALUE);
    }

    private static ActivityPage page(List<Result> found, int max) {
        List<Activity> activities = new ArrayList<>(Math.min(found.size(), max));
        try {
            for (Result result : found.subList(0, Math.min(found.size(), max))) {
                byte[] row = result.getRow();
                activities.add(new Activity(
                        TimelineKeys.timeline(row),
                        LocalDate.ofEpochDay(RowKeys.activityDay(row, RowKeys.prefixLength(row)))));
            }
        } catch (MalformedBatchException | IllegalArgumentException e) {
            throw new CorruptDataException("a row of activity names no timeline", Map.of(), e);
        }
        return new ActivityPage(
                activities, found.size() > max ? Optional.of(activities.get(max - 1)) : Optional.empty());
    }

    @Override
    public CompletableFuture<Void> settle(TimelineId timeline, LocalDate day, Deadline deadline) {
        if (day.toEpochDay() < 0) {
            return CompletableFuture.completedFuture(null);
        }
        byte[] prefix = TimelineKeys.prefix(timeline);
        AsyncTable<AdvancedScanResultConsumer> table = tables.reading(timeline, deadline);
        Get head = new Get(RowKeys.headRow(prefix))
                .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD)
                .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED);
        return HBaseFailures.translated(
                table.get(head).thenApply(HBaseActivityIndex::seen).thenCompose(seen -> firstHotDay(table, prefix, seen)
                        .thenCompose(firstHot -> forget(
                                table,
                                prefix,
                                Math.min(day.toEpochDay(), firstHot.orElse(Long.MAX_VALUE) - 1),
                                seen.cellTime()))));
    }

    private static Seen seen(Result row) {
        try {
            byte[] head = row.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD);
            byte[] released = row.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED);
            long through = released == null ? 0 : ReleasedCell.decode(released).through();
            if (head == null) {
                return new Seen(0, 0, through);
            }
            HeadCell cell = HeadCell.decode(head);
            return new Seen(cell.cellTime(), cell.last(), through);
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    /** Days since 1970-01-01; empty when nothing of the timeline is hot. */
    private static CompletableFuture<OptionalLong> firstHotDay(
            AsyncTable<AdvancedScanResultConsumer> table, byte[] prefix, Seen seen) {
        if (seen.releasedThrough() >= seen.last()) {
            return CompletableFuture.completedFuture(OptionalLong.empty());
        }
        Scan first = new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, seen.releasedThrough() + 1))
                .withStopRow(RowKeys.entryRow(prefix, seen.last()), true)
                .setLimit(1)
                .setReadType(Scan.ReadType.PREAD);
        return table.scanAll(first)
                .thenApply(found -> found.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(dayOf(found.get(0).rawCells()[0], prefix.length)));
    }

    private static long dayOf(Cell cell, int prefixLength) {
        byte[] value = cell.getValueArray();
        int at = cell.getValueOffset();
        int length = cell.getValueLength();
        long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
        try {
            long millis = EntryBytes.isErased(value, at, length)
                    ? EntryBytes.decodeErased(value, at, length, seq).serverTime()
                    : EntryBytes.decodeCell(value, at, length, seq).serverTime();
            return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC)
                    .toEpochDay();
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    private static CompletableFuture<Void> forget(
            AsyncTable<AdvancedScanResultConsumer> table, byte[] prefix, long throughDay, long throughTime) {
        if (throughDay < 0) {
            return CompletableFuture.completedFuture(null);
        }
        Scan settled = days().withStartRow(RowKeys.activityRow(prefix, 0))
                .withStopRow(RowKeys.activityRow(prefix, (int) Math.min(throughDay, Integer.MAX_VALUE)), true);
        return table.scanAll(settled).thenCompose(rows -> {
            List<Delete> deletes = rows.stream()
                    .map(row -> new Delete(row.getRow())
                            .addColumns(SchemaNames.ACTIVITY_FAMILY, SchemaNames.ACTIVITY, throughTime))
                    .toList();
            return deletes.isEmpty() ? CompletableFuture.completedFuture(null) : table.deleteAll(deletes);
        });
    }
}
