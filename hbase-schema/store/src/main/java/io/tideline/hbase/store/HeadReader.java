package io.tideline.hbase.store;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.HeadCell;
import io.tideline.hbase.sequencer.HeadsAnswer.HeadRow;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.sequencer.WatermarksCell;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;

/**
 * Reads heads, many by one request per region server, and does not believe an answer from before what the caller knows:
 * HBase fences the writes of a server that has lost its region without noticing, but not its reads.
 */
final class HeadReader {
    /** Attempts at a head that is behind its floor: three pauses, 350 ms, more than a region takes to move. */
    private static final int STALE_ATTEMPTS = 3;

    private static final long STALE_PAUSE_MILLIS = 50;

    private static final byte[] NO_READER = {};

    private final Tables tables;
    private final HeadQuestions questions;
    private final Pauses pauses;
    private final StoreMetrics metrics;

    HeadReader(Tables tables, HeadQuestions questions, Pauses pauses, StoreMetrics metrics) {
        this.tables = tables;
        this.questions = questions;
        this.pauses = pauses;
        this.metrics = metrics;
    }

    /** Heads of the timelines that were ever appended to. A floor that stays unmet is left to the caller to judge. */
    CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        return attempt(queries, deadline, 0);
    }

    /** The head of one timeline, {@link Head#EMPTY} when nobody ever appended to it. */
    CompletableFuture<Head> head(HeadQuery query, Deadline deadline) {
        return heads(List.of(query), deadline).thenApply(heads -> heads.getOrDefault(query.timeline(), Head.EMPTY));
    }

    private CompletableFuture<Map<TimelineId, Head>> attempt(List<HeadQuery> queries, Deadline deadline, int attempt) {
        return get(queries, deadline).thenCompose(heads -> {
            List<HeadQuery> stale = queries.stream()
                    .filter(query -> query.floor()
                            .isAfter(heads.getOrDefault(query.timeline(), Head.EMPTY)
                                    .last()))
                    .toList();
            if (stale.isEmpty() || attempt == STALE_ATTEMPTS || deadline.hasPassed()) {
                return CompletableFuture.completedFuture(heads);
            }
            metrics.staleAnswer();
            return relocate(stale, attempt)
                    .thenCompose(relocated -> attempt(stale, deadline, attempt + 1))
                    .thenApply(fresh -> {
                        Map<TimelineId, Head> all = new HashMap<>(heads);
                        all.putAll(fresh);
                        return all;
                    });
        });
    }

    private CompletableFuture<Void> relocate(List<HeadQuery> stale, int attempt) {
        return pauses.ofMillis(STALE_PAUSE_MILLIS << attempt)
                .thenCompose(now -> CompletableFuture.allOf(stale.stream()
                        .limit(16) // one region has many of them; the rest finds the same news
                        .map(query -> tables.relocate(
                                TimelineTable.of(query.timeline().family()),
                                RowKeys.headRow(TimelineKeys.prefix(query.timeline()))))
                        .toArray(CompletableFuture<?>[]::new)));
    }

    private CompletableFuture<Map<TimelineId, Head>> get(List<HeadQuery> queries, Deadline deadline) {
        Map<TimelineTable, List<TimelineId>> byTable = new EnumMap<>(TimelineTable.class);
        for (HeadQuery query : queries) {
            byTable.computeIfAbsent(
                            TimelineTable.of(query.timeline().family()), table -> new ArrayList<>(queries.size()))
                    .add(query.timeline());
        }
        Map<TimelineId, Head> heads = new ConcurrentHashMap<>(queries.size() * 2);
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<TimelineTable, List<TimelineId>> entry : byTable.entrySet()) {
            CompletableFuture<Void> found = questions
                    .ask(
                            entry.getKey(),
                            entry.getValue(),
                            NO_READER,
                            (timeline, row) -> heads.put(timeline, decode(row)),
                            deadline)
                    .thenCompose(left -> getEach(entry.getKey(), left, heads, deadline));
            all = CompletableFuture.allOf(all, found);
        }
        return all.handle((nothing, failure) -> {
            if (failure != null) {
                throw HBaseFailures.ofRead(failure);
            }
            return heads;
        });
    }

    private CompletableFuture<Void> getEach(
            TimelineTable table, List<TimelineId> timelines, Map<TimelineId, Head> heads, Deadline deadline) {
        if (timelines.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return tables.reading(table, deadline)
                .getAll(timelines.stream().map(HeadReader::getHead).toList())
                .thenAccept(results -> collect(timelines, results, heads));
    }

    /** The family and not its columns: it holds nothing else, and HBase then reads on without a seek per column. */
    private static Get getHead(TimelineId timeline) {
        return new Get(RowKeys.headRow(TimelineKeys.prefix(timeline))).addFamily(SchemaNames.HEAD_FAMILY);
    }

    private static void collect(List<TimelineId> timelines, List<Result> results, Map<TimelineId, Head> heads) {
        try {
            for (int i = 0; i < results.size(); i++) {
                Optional<Head> head = decode(results.get(i));
                if (head.isPresent()) {
                    heads.put(timelines.get(i), head.get());
                }
            }
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    static Optional<Head> decode(Result result) throws MalformedBatchException {
        byte[] value = result.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD);
        if (value == null) {
            return Optional.empty();
        }
        byte[] marks = result.getValue(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS);
        return Optional.of(head(value, marks == null ? Watermarks.NONE : watermarks(WatermarksCell.decode(marks))));
    }

    /** A row that was found. */
    static Head decode(HeadRow row) throws MalformedBatchException {
        byte[] marks = row.watermarks();
        return head(row.head(), marks.length == 0 ? Watermarks.NONE : watermarks(WatermarksCell.decode(marks)));
    }

    private static Head head(byte[] value, Watermarks watermarks) throws MalformedBatchException {
        HeadCell head = HeadCell.decode(value);
        return new Head(
                SequenceId.of(head.last()),
                Instant.ofEpochMilli(head.serverTime()),
                watermarks,
                head.counted(),
                SequenceId.of(head.lastDiscounted()));
    }

    static StorageUnavailableException behind(SequenceId floor, SequenceId last) {
        return new StorageUnavailableException(
                "HBase answers from before a seq that the caller knows",
                Map.of("knownSeq", floor.toString(), "answeredSeq", last.toString()),
                null);
    }

    static Watermarks watermarks(WatermarksCell cell) throws MalformedBatchException {
        try {
            return new Watermarks(
                    SequenceId.of(cell.expiredThrough()),
                    cell.expiredCounted(),
                    SequenceId.of(cell.coldThrough()),
                    SequenceId.of(cell.warmThrough()));
        } catch (IllegalArgumentException e) {
            throw new MalformedBatchException("watermarks: " + e.getMessage());
        }
    }
}
