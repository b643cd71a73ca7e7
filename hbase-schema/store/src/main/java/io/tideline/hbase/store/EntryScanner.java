package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.PageQuestion;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;

/** Scans entries of one timeline, as many as a page may hold and no more. */
final class EntryScanner {
    /** What one response of a region server may hold; a page of large payloads takes several. */
    private static final long MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

    private final Tables tables;

    EntryScanner(Tables tables) {
        this.tables = tables;
    }

    /**
     * Reads what a table has of a range.
     *
     * @param to {@link SequenceId#NONE} for no end, forward only
     * @param maxRows 1 or more
     * @param maxBytes the slice may end with the entry that reaches them
     */
    CompletableFuture<RangeSlice> scan(
            TimelineTable table,
            TimelineId timeline,
            SequenceId from,
            SequenceId to,
            Direction direction,
            int maxRows,
            int maxBytes,
            Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(timeline);
        if (direction == Direction.BACKWARD) {
            return scanRows(table, prefix, from, to, direction, maxRows, maxBytes, deadline);
        }
        EntrySlice slice = new EntrySlice();
        return HBaseFailures.translated(
                        ask(tables.reading(table, deadline), prefix, from.value(), to, maxRows, maxBytes, slice))
                .thenCompose(answered -> answered
                        ? CompletableFuture.completedFuture(slice.toSlice())
                        : scanRows(table, prefix, from, to, direction, maxRows, maxBytes, deadline));
    }

    /** Asks the sequencer for the range; false when there is one of before this question, or none. */
    private static CompletableFuture<Boolean> ask(
            AsyncTable<AdvancedScanResultConsumer> table,
            byte[] prefix,
            long from,
            SequenceId to,
            int maxRows,
            int maxBytes,
            EntrySlice slice) {
        PageQuestion question = new PageQuestion(to.value(), maxRows - slice.size(), maxBytes);
        Get get = new Get(RowKeys.entryRow(prefix, from))
                .addColumn(SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY)
                .setAttribute(SchemaNames.PAGE_ATTRIBUTE, question.encode());
        return table.get(get).thenCompose(result -> {
            Cell cell = result.getColumnLatestCell(SchemaNames.FEED_FAMILY, SchemaNames.PAGE_QUALIFIER);
            if (cell == null) {
                return CompletableFuture.completedFuture(false);
            }
            boolean more = slice.addAll(cell) && slice.size() < maxRows && slice.bytes() < maxBytes;
            return more
                    ? ask(table, prefix, slice.last() + 1, to, maxRows, maxBytes, slice)
                    : CompletableFuture.completedFuture(true);
        });
    }

    private CompletableFuture<RangeSlice> scanRows(
            TimelineTable table,
            byte[] prefix,
            SequenceId from,
            SequenceId to,
            Direction direction,
            int maxRows,
            int maxBytes,
            Deadline deadline) {
        Scan scan = new Scan()
                // The family, which has one column, and not the column: HBase then goes from row to row without a seek.
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, from.value()), true)
                .setReversed(direction == Direction.BACKWARD)
                .setLimit(maxRows)
                .setCaching(maxRows)
                .setMaxResultSize(MAX_RESPONSE_BYTES)
                .setReadType(Scan.ReadType.PREAD);
        // Both ends inside the prefix: only then is the prefix bloom filter asked.
        if (to.isNone()) {
            scan.withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY), false);
        } else {
            scan.withStopRow(RowKeys.entryRow(prefix, to.value()), true);
        }
        Collector collector = new Collector(prefix.length, maxBytes);
        tables.reading(table, deadline).scan(scan, collector);
        return collector.slice;
    }

    /** Collects until the bytes are reached. Called by one thread at a time. */
    private static final class Collector implements AdvancedScanResultConsumer {
        private final int prefixLength;
        private final int maxBytes;
        private final EntrySlice entries = new EntrySlice();
        private final CompletableFuture<RangeSlice> slice = new CompletableFuture<>();

        Collector(int prefixLength, int maxBytes) {
            this.prefixLength = prefixLength;
            this.maxBytes = maxBytes;
        }

        @Override
        public void onNext(Result[] results, ScanController controller) {
            for (Result result : results) {
                try {
                    entries.add(result.rawCells()[0], prefixLength);
                } catch (MalformedBatchException e) {
                    controller.terminate();
                    slice.completeExceptionally(HBaseFailures.ofRead(e));
                    return;
                }
                if (entries.bytes() >= maxBytes) {
                    controller.terminate();
                    return;
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            slice.completeExceptionally(HBaseFailures.ofRead(error));
        }

        @Override
        public void onComplete() {
            slice.complete(entries.toSlice());
        }
    }

    /** What an entry's row says, for operators. */
    static String describe(Cell cell, int prefixLength) throws MalformedBatchException {
        long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
        if (EntryBytes.isErased(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength())) {
            return "entry seq=" + seq + " erased";
        }
        EntrySlice slice = new EntrySlice();
        slice.add(cell, prefixLength);
        Entry entry = slice.toSlice().entries().get(0);
        return "entry seq=" + entry.seq() + " counted=" + entry.counted() + " message_id=" + entry.messageId()
                + " sender=" + entry.sender() + " client_message_id="
                + entry.clientMessageId() + " kind=" + entry.kind() + " payload="
                + entry.payload().size() + "B time=" + entry.serverTime();
    }
}
