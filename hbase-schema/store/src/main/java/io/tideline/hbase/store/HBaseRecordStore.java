package io.tideline.hbase.store;

import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.filter.BinaryPrefixComparator;
import org.apache.hadoop.hbase.filter.Filter;
import org.apache.hadoop.hbase.filter.SingleColumnValueFilter;
import org.apache.hadoop.hbase.util.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Records as cells whose timestamp is the version: HBase itself keeps the highest one of each, whatever order writes
 * arrive in, so a write needs no read and may be repeated.
 */
final class HBaseRecordStore implements RecordStore {
    /** Of a row, column and request around a record's value: for the size of batches, roughly. */
    private static final long BYTES_AROUND_A_VALUE = 200;

    private final Tables tables;
    private final RecordScanner scanner;

    HBaseRecordStore(Tables tables) {
        this.tables = tables;
        this.scanner = new RecordScanner(tables);
    }

    @Override
    public CompletableFuture<Void> raise(List<TimelineRecord> records, Deadline deadline) {
        checkCount("records", records.size(), MAX_RECORDS);
        records.forEach(record -> record.key().kind().requireNotAttachedOnly());
        return perTable(lastOfEach(records), deadline, record -> record.key(), (table, ofTable) -> {
            List<List<TimelineRecord>> batches = RequestBatches.cut(
                    ofTable, record -> BYTES_AROUND_A_VALUE + record.value().size());
            return RequestBatches.carryOut(
                    batches,
                    batch -> table.putAll(batch.stream().map(RecordRows::put).toList()));
        });
    }

    /** Of writes of one version in one request HBase would keep any. */
    private static Collection<TimelineRecord> lastOfEach(List<TimelineRecord> records) {
        Map<RecordKey, TimelineRecord> last = new LinkedHashMap<>(records.size() * 2);
        records.forEach(record -> last.merge(record.key(), record, (a, b) -> b.version() >= a.version() ? b : a));
        return last.values();
    }

    @Override
    public CompletableFuture<Boolean> replace(TimelineRecord next, long expectedVersion, Deadline deadline) {
        next.key().kind().requireNotAttachedOnly();
        if (next.version() <= expectedVersion) {
            throw new IllegalArgumentException(
                    "version: " + next.version() + " (expected: above " + expectedVersion + ")");
        }
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(deadlinePassed());
        }
        return tables.reading(next.key().owner(), deadline)
                .checkAndMutate(conditional(next, expectedVersion))
                .handle((result, failure) -> {
                    if (failure != null) {
                        throw HBaseFailures.ofRead(failure);
                    }
                    return result.isSuccess();
                })
                .thenCompose(done -> done ? CompletableFuture.completedFuture(true) : isWrittenAlready(next, deadline));
    }

    private static CheckAndMutate conditional(TimelineRecord next, long expectedVersion) {
        RecordKind kind = next.key().kind();
        CheckAndMutate.Builder check = CheckAndMutate.newBuilder(RecordRows.row(next.key()));
        if (expectedVersion <= 0) {
            check.ifNotExists(RecordRows.family(kind), RecordRows.qualifier(kind));
        } else {
            check.ifMatches(hasVersion(kind, expectedVersion));
        }
        return check.build(RecordRows.put(next));
    }

    private static Filter hasVersion(RecordKind kind, long version) {
        SingleColumnValueFilter filter = new SingleColumnValueFilter(
                RecordRows.family(kind),
                RecordRows.qualifier(kind),
                CompareOperator.EQUAL,
                new BinaryPrefixComparator(Bytes.toBytes(version)));
        filter.setFilterIfMissing(true);
        return filter;
    }

    /** HBase's client repeats a write whose answer got lost; the repeat then finds the first and not what it expects. */
    private CompletableFuture<Boolean> isWrittenAlready(TimelineRecord next, Deadline deadline) {
        return get(List.of(next.key()), deadline).thenApply(found -> next.equals(found.get(next.key())));
    }

    @Override
    public CompletableFuture<Map<RecordKey, TimelineRecord>> get(List<RecordKey> keys, Deadline deadline) {
        checkCount("keys", keys.size(), MAX_RECORDS);
        Map<RecordKey, TimelineRecord> found = new ConcurrentHashMap<>();
        return perTable(
                        keys,
                        deadline,
                        key -> key,
                        (table, ofTable) -> RequestBatches.carryOut(
                                RequestBatches.cut(ofTable, key -> BYTES_AROUND_A_VALUE),
                                batch -> table.getAll(batch.stream()
                                                .map(RecordRows::get)
                                                .toList())
                                        .thenAccept(results -> collect(batch, results, found))))
                .thenApply(done -> found);
    }

    private static void collect(List<RecordKey> keys, List<Result> results, Map<RecordKey, TimelineRecord> found) {
        try {
            for (int i = 0; i < keys.size(); i++) {
                @Nullable Cell[] cells = results.get(i).rawCells();
                if (cells != null && cells.length > 0 && cells[0] != null) {
                    found.put(keys.get(i), RecordRows.decode(keys.get(i), cells[0]));
                }
            }
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public CompletableFuture<RecordPage> scan(RecordScan scan, Deadline deadline) {
        return deadline.hasPassed() ? CompletableFuture.failedFuture(deadlinePassed()) : scanner.scan(scan, deadline);
    }

    @Override
    public CompletableFuture<RecordPage> scanAll(
            RecordKind kind, Optional<RecordKey> after, int maxRows, Deadline deadline) {
        if (!kind.liesApart()) {
            throw new IllegalArgumentException("kind: " + kind + " (expected: one that lies apart)");
        }
        if (maxRows < 1 || maxRows > RecordScan.MAX_ROWS) {
            throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: 1.." + RecordScan.MAX_ROWS + ")");
        }
        return deadline.hasPassed()
                ? CompletableFuture.failedFuture(deadlinePassed())
                : scanner.scanAll(kind, after, maxRows, deadline);
    }

    @Override
    public CompletableFuture<Void> remove(List<RecordKey> keys, long throughVersion, Deadline deadline) {
        checkCount("keys", keys.size(), MAX_RECORDS);
        keys.forEach(key -> key.kind().requireNotAttachedOnly());
        if (throughVersion < 1) {
            return CompletableFuture.completedFuture(null);
        }
        return perTable(
                keys,
                deadline,
                key -> key,
                (table, ofTable) -> RequestBatches.carryOut(
                        RequestBatches.cut(ofTable, key -> BYTES_AROUND_A_VALUE),
                        batch -> table.deleteAll(batch.stream()
                                .map(key -> RecordRows.delete(key, throughVersion))
                                .toList())));
    }

    /** What is done to those of the requests that belong to one table. */
    private interface TableWork<R> {
        CompletableFuture<Void> on(AsyncTable<AdvancedScanResultConsumer> table, List<R> requests);
    }

    private <R> CompletableFuture<Void> perTable(
            Collection<R> requests, Deadline deadline, Function<R, RecordKey> key, TableWork<R> work) {
        if (deadline.hasPassed()) {
            return CompletableFuture.failedFuture(deadlinePassed());
        }
        Map<TimelineTable, List<R>> byTable = new EnumMap<>(TimelineTable.class);
        for (R request : requests) {
            TimelineTable table = TimelineTable.of(key.apply(request).owner().family());
            byTable.computeIfAbsent(table, t -> new ArrayList<>(requests.size()))
                    .add(request);
        }
        CompletableFuture<?>[] all = byTable.entrySet().stream()
                .map(entry -> work.on(tables.reading(entry.getKey(), deadline), entry.getValue()))
                .toArray(CompletableFuture<?>[]::new);
        return HBaseFailures.translated(CompletableFuture.allOf(all));
    }

    static void checkCount(String what, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException(what + ": " + count + " (expected: 0.." + most + ")");
        }
    }

    static DeadlinePassedException deadlinePassed() {
        return new DeadlinePassedException("deadline passed before the request began", Map.of(), null);
    }
}
