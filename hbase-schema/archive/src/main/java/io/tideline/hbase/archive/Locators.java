package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseFailures;
import io.tideline.hbase.store.TimelineKeys;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.CheckAndMutate;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;

/**
 * Where entries lie in files: for each stretch a row, named by the timeline and its last seq, so that a short scan from a seq
 * on meets the stretch it is in. Between them, rows of entries that are erased, whatever the files still say.
 *
 * <p>The value of a stretch: {@code format(1)=1 | first seq(8) | row in the file(8) | checksum(8) | name of the file}.
 */
final class Locators {
    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 25;
    private static final int ROWS_PER_STEP = 32;
    private static final int BATCH = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final byte[] YES = {1};

    /**
     * What is known of a range.
     *
     * @param slices in order, those that have any of it
     * @param erased seqs
     */
    record Found(List<Slice> slices, Set<Long> erased) {}

    /** Hears what a row says: of an erased entry before the stretch that ends with it. */
    interface Visitor {
        void slice(Slice slice);

        void erased(TimelineId timeline, long seq);
    }

    private final AsyncConnection connection;
    private final TableName table;

    Locators(AsyncConnection connection, TableName table) {
        this.connection = connection;
        this.table = table;
    }

    private AsyncTable<?> rows(Deadline deadline) {
        return connection
                .getTableBuilder(table)
                .setOperationTimeout(
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos())), TimeUnit.MILLISECONDS)
                .setScanTimeout(
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos())), TimeUnit.MILLISECONDS)
                .setRetryPause(20, TimeUnit.MILLISECONDS)
                .setMaxAttempts(Integer.MAX_VALUE)
                .build();
    }

    private AsyncTable<?> rows() {
        return rows(Deadline.after(TIMEOUT));
    }

    CompletableFuture<Found> find(EntryRange range, Deadline deadline) {
        Found found = new Found(new ArrayList<>(), new HashSet<>());
        return HBaseFailures.translated(step(range, range.first().value(), found, rows(deadline)))
                .thenApply(done -> found);
    }

    private CompletableFuture<Void> step(EntryRange range, long from, Found found, AsyncTable<?> rows) {
        byte[] prefix = TimelineKeys.prefix(range.timeline());
        Scan scan = new Scan()
                .addFamily(SchemaNames.LOCATOR_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, from))
                .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY))
                .setLimit(ROWS_PER_STEP)
                .setCaching(ROWS_PER_STEP)
                .setReadType(Scan.ReadType.PREAD);
        return rows.scanAll(scan).thenCompose(results -> {
            long at = 0;
            for (Result result : results) {
                at = RowKeys.seq(result.getRow(), 0, prefix.length);
                if (at <= range.last().value() && isErased(result)) {
                    found.erased().add(at);
                }
                byte[] value = result.getValue(SchemaNames.LOCATOR_FAMILY, SchemaNames.SLICE);
                if (value != null) {
                    Slice slice = decode(range.timeline(), at, value);
                    if (slice.first() <= range.last().value()) {
                        found.slices().add(slice);
                    }
                    if (at >= range.last().value()) {
                        return CompletableFuture.completedFuture(null);
                    }
                }
            }
            return results.size() < ROWS_PER_STEP
                    ? CompletableFuture.completedFuture(null)
                    : step(range, at + 1, found, rows);
        });
    }

    private static boolean isErased(Result result) {
        return result.containsColumn(SchemaNames.LOCATOR_FAMILY, SchemaNames.ERASED);
    }

    /** Writes where stretches lie, in place of what was known of the same last seqs. */
    CompletableFuture<Void> put(List<Slice> slices) {
        List<Put> puts = new ArrayList<>(slices.size());
        for (Slice slice : slices) {
            puts.add(new Put(row(slice)).addColumn(SchemaNames.LOCATOR_FAMILY, SchemaNames.SLICE, encode(slice)));
        }
        return inBatches(puts, batch -> rows().putAll(batch));
    }

    private interface Batch<T> {
        CompletableFuture<?> send(List<T> items);
    }

    private static <T> CompletableFuture<Void> inBatches(List<T> items, Batch<T> batch) {
        CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
        for (int at = 0; at < items.size(); at += BATCH) {
            List<T> part = items.subList(at, Math.min(items.size(), at + BATCH));
            before = before.thenCompose(done -> batch.send(part)).thenApply(done -> null);
        }
        return HBaseFailures.translated(before);
    }

    /** Forgets stretches, each only if it is still what is known of its last seq. */
    CompletableFuture<Void> remove(List<Slice> slices) {
        List<CheckAndMutate> deletes = new ArrayList<>(slices.size());
        for (Slice slice : slices) {
            byte[] row = row(slice);
            deletes.add(CheckAndMutate.newBuilder(row)
                    .ifEquals(SchemaNames.LOCATOR_FAMILY, SchemaNames.SLICE, encode(slice))
                    .build(new Delete(row).addColumns(SchemaNames.LOCATOR_FAMILY, SchemaNames.SLICE)));
        }
        return inBatches(deletes, batch -> rows().checkAndMutateAll(batch));
    }

    /** From now on these entries are erased for every reader of this class. */
    CompletableFuture<Void> erase(TimelineId timeline, List<SequenceId> seqs) {
        byte[] prefix = TimelineKeys.prefix(timeline);
        List<Put> puts = seqs.stream()
                .map(seq -> new Put(RowKeys.entryRow(prefix, seq.value()))
                        .addColumn(SchemaNames.LOCATOR_FAMILY, SchemaNames.ERASED, YES))
                .toList();
        return inBatches(puts, batch -> rows().putAll(batch));
    }

    /** No file says any more what was erased. */
    CompletableFuture<Void> forgetErased(TimelineId timeline, List<Long> seqs) {
        byte[] prefix = TimelineKeys.prefix(timeline);
        List<Delete> deletes = seqs.stream()
                .map(seq -> new Delete(RowKeys.entryRow(prefix, seq))
                        .addColumns(SchemaNames.LOCATOR_FAMILY, SchemaNames.ERASED))
                .toList();
        return inBatches(deletes, batch -> rows().deleteAll(batch));
    }

    /** Goes through the whole table, in the order of HBase. Blocks. */
    void visit(Visitor visitor) {
        visit(new Scan(), visitor);
    }

    /** What is known of one file. Goes through the whole table. Blocks. */
    List<Slice> of(String file) {
        List<Slice> slices = new ArrayList<>();
        visit(new Visitor() {
            @Override
            public void slice(Slice slice) {
                if (slice.file().equals(file)) {
                    slices.add(slice);
                }
            }

            @Override
            public void erased(TimelineId timeline, long seq) {
                // Says nothing about where rows are.
            }
        });
        return slices;
    }

    /** Goes through what is known of the timelines of one bucket, which lie next to each other. Blocks. */
    void visit(int bucket, Visitor visitor) {
        visit(Keys.within(new Scan(), bucket), visitor);
    }

    /** Goes through what is known of one timeline. Blocks. */
    void visit(TimelineId timeline, Visitor visitor) {
        byte[] prefix = TimelineKeys.prefix(timeline);
        visit(
                new Scan()
                        .withStartRow(RowKeys.entryRow(prefix, 0))
                        .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY)),
                visitor);
    }

    private void visit(Scan scan, Visitor visitor) {
        scan.addFamily(SchemaNames.LOCATOR_FAMILY).setCaching(1000).setCacheBlocks(false);
        try (ResultScanner scanner = connection.getTable(table).getScanner(scan)) {
            for (Result result : scanner) {
                visit(result, visitor);
            }
        } catch (RuntimeException | MalformedBatchException e) {
            throw HBaseFailures.ofRead(e);
        }
    }

    private static void visit(Result result, Visitor visitor) throws MalformedBatchException {
        byte[] row = result.getRow();
        int prefixLength = RowKeys.prefixLength(row);
        TimelineId timeline = TimelineKeys.timeline(row);
        long seq = RowKeys.seq(row, 0, prefixLength);
        // First: the stretch of the same row has it.
        if (isErased(result)) {
            visitor.erased(timeline, seq);
        }
        byte[] value = result.getValue(SchemaNames.LOCATOR_FAMILY, SchemaNames.SLICE);
        if (value != null) {
            visitor.slice(decode(timeline, seq, value));
        }
    }

    private static byte[] row(Slice slice) {
        return RowKeys.entryRow(TimelineKeys.prefix(slice.timeline()), slice.last());
    }

    static byte[] encode(Slice slice) {
        byte[] file = slice.file().getBytes(UTF_8);
        return ByteBuffer.allocate(HEADER_BYTES + file.length)
                .put(FORMAT)
                .putLong(slice.first())
                .putLong(slice.row())
                .putLong(slice.checksum())
                .put(file)
                .array();
    }

    static Slice decode(TimelineId timeline, long last, byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        if (value.length <= HEADER_BYTES || buffer.get() != FORMAT) {
            throw new CorruptDataException("a locator of the archive cannot be decoded", Map.of(), null);
        }
        long first = buffer.getLong();
        long row = buffer.getLong();
        long checksum = buffer.getLong();
        try {
            return new Slice(
                    timeline,
                    first,
                    last,
                    new String(value, HEADER_BYTES, value.length - HEADER_BYTES, UTF_8),
                    row,
                    checksum);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException("a locator of the archive cannot be decoded", Map.of(), e);
        }
    }
}
