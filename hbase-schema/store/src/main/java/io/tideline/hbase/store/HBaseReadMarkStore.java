package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.record.MarkedHead;
import io.tideline.core.record.ReadMark;
import io.tideline.core.record.RecordScan;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.HeadsAnswer.HeadRow;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.MarkCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.filter.ColumnRangeFilter;
import org.jspecify.annotations.Nullable;

/**
 * Read marks as cells of the head's row: one look at the row brings both, of one moment, and one request to each region
 * server brings those of all timelines that a reader has. The timestamp is the seq, so the farthest mark stays.
 */
final class HBaseReadMarkStore implements ReadMarkStore {
    private static final byte[] FIRST_MARK = {MarkCell.QUALIFIER_PREFIX};
    private static final byte[] AFTER_MARKS = {MarkCell.QUALIFIER_PREFIX + 1};

    private static final long BYTES_OF_A_REQUEST = 200;

    private record MarkName(TimelineId timeline, String reader) {}

    private final Tables tables;
    private final HeadQuestions questions;
    private final HeadReader heads;

    HBaseReadMarkStore(Tables tables, HeadQuestions questions, HeadReader heads) {
        this.tables = tables;
        this.questions = questions;
        this.heads = heads;
    }

    @Override
    public CompletableFuture<Void> raiseMarks(List<ReadMark> marks, Deadline deadline) {
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(HBaseRecordStore.deadlinePassed());
        }
        Map<MarkName, ReadMark> farthest = new LinkedHashMap<>(marks.size() * 2);
        marks.forEach(mark -> farthest.merge(
                new MarkName(mark.timeline(), mark.reader()),
                mark,
                (a, b) -> a.through().isAfter(b.through()) ? a : b));
        Map<TimelineTable, List<Put>> puts = new EnumMap<>(TimelineTable.class);
        farthest.values().forEach(mark -> puts.computeIfAbsent(
                        TimelineTable.of(mark.timeline().family()), table -> new ArrayList<>())
                .add(put(mark)));
        return HBaseFailures.translated(CompletableFuture.allOf(puts.entrySet().stream()
                .map(entry -> RequestBatches.carryOut(
                        RequestBatches.cut(entry.getValue(), put -> BYTES_OF_A_REQUEST),
                        batch -> tables.reading(entry.getKey(), deadline).putAll(batch)))
                .toArray(CompletableFuture<?>[]::new)));
    }

    private static Put put(ReadMark mark) {
        return new Put(headRow(mark.timeline()))
                .addColumn(
                        SchemaNames.RECORD_FAMILY,
                        MarkCell.qualifier(mark.reader().getBytes(UTF_8)),
                        mark.through().value(),
                        new MarkCell(mark.counted()).encode());
    }

    private static byte[] headRow(TimelineId timeline) {
        return RowKeys.headRow(TimelineKeys.prefix(timeline));
    }

    @Override
    public CompletableFuture<Map<TimelineId, MarkedHead>> markedHeads(
            String reader, List<HeadQuery> queries, Deadline deadline) {
        HBaseRecordStore.checkCount("queries", queries.size(), TimelineStore.MAX_HEADS);
        byte[] qualifier = MarkCell.qualifier(reader.getBytes(UTF_8));
        Map<TimelineId, MarkedHead> found = new ConcurrentHashMap<>(queries.size() * 2);
        if (queries.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(HBaseRecordStore.deadlinePassed());
        }
        return collect(qualifier, queries, found, deadline).thenCompose(done -> {
            List<HeadQuery> stale = queries.stream()
                    .filter(query -> query.floor().isAfter(last(found, query)))
                    .toList();
            return stale.isEmpty()
                    ? CompletableFuture.completedFuture(found)
                    : collectAgain(qualifier, stale, found, deadline);
        });
    }

    private static SequenceId last(Map<TimelineId, MarkedHead> found, HeadQuery query) {
        return found.getOrDefault(query.timeline(), MarkedHead.EMPTY).head().last();
    }

    /** The head reader asks until it has found where the region is now; then heads and marks are read from there. */
    private CompletableFuture<Map<TimelineId, MarkedHead>> collectAgain(
            byte[] qualifier, List<HeadQuery> stale, Map<TimelineId, MarkedHead> found, Deadline deadline) {
        return heads.heads(stale, deadline)
                .thenCompose(fresh -> collect(qualifier, stale, found, deadline))
                .thenApply(done -> {
                    for (HeadQuery query : stale) {
                        if (query.floor().isAfter(last(found, query))) {
                            throw HeadReader.behind(query.floor(), last(found, query));
                        }
                    }
                    return found;
                });
    }

    private CompletableFuture<Void> collect(
            byte[] qualifier, List<HeadQuery> queries, Map<TimelineId, MarkedHead> found, Deadline deadline) {
        byte[] reader = Arrays.copyOfRange(qualifier, 1, qualifier.length);
        Map<TimelineTable, List<TimelineId>> byTable = new EnumMap<>(TimelineTable.class);
        for (HeadQuery query : queries) {
            TimelineTable table = TimelineTable.of(query.timeline().family());
            byTable.computeIfAbsent(table, t -> new ArrayList<>(queries.size())).add(query.timeline());
        }
        return HBaseFailures.translated(CompletableFuture.allOf(byTable.entrySet().stream()
                .map(entry -> questions
                        .ask(
                                entry.getKey(),
                                entry.getValue(),
                                reader,
                                (timeline, row) -> found.put(timeline, decode(row)),
                                deadline)
                        .thenCompose(left -> getEach(entry.getKey(), qualifier, left, found, deadline)))
                .toArray(CompletableFuture<?>[]::new)));
    }

    private static MarkedHead decode(HeadRow row) throws MalformedBatchException {
        byte[] mark = row.mark();
        return new MarkedHead(
                HeadReader.decode(row),
                SequenceId.of(row.markedSeq()),
                mark.length == 0 ? 0 : MarkCell.decode(mark, 0, mark.length).counted());
    }

    private CompletableFuture<Void> getEach(
            TimelineTable table,
            byte[] qualifier,
            List<TimelineId> timelines,
            Map<TimelineId, MarkedHead> found,
            Deadline deadline) {
        if (timelines.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Get> gets = timelines.stream()
                .map(timeline -> new Get(headRow(timeline))
                        .addFamily(SchemaNames.HEAD_FAMILY)
                        .addColumn(SchemaNames.RECORD_FAMILY, qualifier))
                .toList();
        return tables.reading(table, deadline)
                .getAll(gets)
                .thenAccept(results -> decode(qualifier, timelines, results, found));
    }

    private static void decode(
            byte[] qualifier, List<TimelineId> timelines, List<Result> results, Map<TimelineId, MarkedHead> found) {
        try {
            for (int i = 0; i < results.size(); i++) {
                Head head = HeadReader.decode(results.get(i)).orElse(null);
                if (head != null) {
                    Cell mark = results.get(i).getColumnLatestCell(SchemaNames.RECORD_FAMILY, qualifier);
                    found.put(timelines.get(i), withMark(head, mark));
                }
            }
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    private static MarkedHead withMark(Head head, @Nullable Cell mark) throws MalformedBatchException {
        return mark == null
                ? new MarkedHead(head, SequenceId.NONE, 0)
                : new MarkedHead(head, SequenceId.of(mark.getTimestamp()), counted(mark));
    }

    private static long counted(Cell mark) throws MalformedBatchException {
        return MarkCell.decode(mark.getValueArray(), mark.getValueOffset(), mark.getValueLength())
                .counted();
    }

    @Override
    public CompletableFuture<MarkPage> marks(
            TimelineId timeline, Optional<String> after, int maxMarks, Deadline deadline) {
        if (maxMarks < 1 || maxMarks > RecordScan.MAX_ROWS) {
            throw new IllegalArgumentException("maxMarks: " + maxMarks + " (expected: 1.." + RecordScan.MAX_ROWS + ")");
        }
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(HBaseRecordStore.deadlinePassed());
        }
        byte[] from =
                after.map(reader -> MarkCell.qualifier(reader.getBytes(UTF_8))).orElse(FIRST_MARK);
        Get get = new Get(headRow(timeline))
                .addFamily(SchemaNames.RECORD_FAMILY)
                .setFilter(new ColumnRangeFilter(from, false, AFTER_MARKS, false))
                // One more than wanted tells whether the page is the last one.
                .setMaxResultsPerColumnFamily(maxMarks + 1);
        return HBaseFailures.translated(tables.reading(timeline, deadline)
                .get(get)
                .thenApply(result -> page(timeline, result.rawCells(), maxMarks)));
    }

    private static MarkPage page(TimelineId timeline, Cell @Nullable [] cells, int maxMarks) {
        List<ReadMark> marks = new ArrayList<>();
        try {
            for (Cell cell : cells == null ? new Cell[0] : cells) {
                if (marks.size() == maxMarks) {
                    return new MarkPage(marks, false);
                }
                int at = cell.getQualifierOffset() + 1;
                byte[] reader = Arrays.copyOfRange(cell.getQualifierArray(), at, at + cell.getQualifierLength() - 1);
                marks.add(new ReadMark(
                        timeline, new String(reader, UTF_8), SequenceId.of(cell.getTimestamp()), counted(cell)));
            }
        } catch (MalformedBatchException | IllegalArgumentException e) {
            throw new CompletionException(new MalformedBatchException("mark: " + e.getMessage()));
        }
        return new MarkPage(marks, true);
    }
}
