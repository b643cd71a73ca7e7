package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
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
        private final List<Entry> entries = new ArrayList<>();
        private final List<Gap> gaps = new ArrayList<>();
        private final CompletableFuture<RangeSlice> slice = new CompletableFuture<>();
        private long bytes;

        Collector(int prefixLength, int maxBytes) {
            this.prefixLength = prefixLength;
            this.maxBytes = maxBytes;
        }

        @Override
        public void onNext(Result[] results, ScanController controller) {
            for (Result result : results) {
                try {
                    add(result.rawCells()[0]);
                } catch (MalformedBatchException | IllegalArgumentException e) {
                    controller.terminate();
                    slice.completeExceptionally(HBaseFailures.ofRead(
                            e instanceof MalformedBatchException
                                    ? e
                                    : new MalformedBatchException("entry: bad field")));
                    return;
                }
                if (bytes >= maxBytes) {
                    controller.terminate();
                    return;
                }
            }
        }

        private void add(Cell cell) throws MalformedBatchException {
            if (EntryBytes.isErased(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength())) {
                SequenceId seq = SequenceId.of(RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength));
                gaps.add(new Gap(seq, seq, Gap.Type.ERASED));
                return;
            }
            Entry entry = decode(cell, prefixLength);
            bytes += entry.payload().size();
            entries.add(entry);
        }

        @Override
        public void onError(Throwable error) {
            slice.completeExceptionally(HBaseFailures.ofRead(error));
        }

        @Override
        public void onComplete() {
            slice.complete(new RangeSlice(entries, gaps));
        }
    }

    static Entry decode(Cell cell, int prefixLength) throws MalformedBatchException {
        long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
        EntryBytes.Stored stored =
                EntryBytes.decodeCell(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength(), seq);
        EntryBytes entry = stored.entry();
        return new Entry(
                SequenceId.of(seq),
                entry.messageId() == 0 ? MessageId.NONE : MessageId.of(entry.messageId()),
                new SenderId(new String(entry.sender(), UTF_8)),
                new ClientMessageId(new String(entry.clientMessageId(), UTF_8)),
                new MessageKind(new String(entry.kind(), UTF_8)),
                Payload.takeOver(entry.payload()),
                Instant.ofEpochMilli(stored.serverTime()),
                stored.counted());
    }

    /** What an entry's row says, for operators. */
    static String describe(Cell cell, int prefixLength) throws MalformedBatchException {
        if (EntryBytes.isErased(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength())) {
            return "entry seq=" + RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength) + " erased";
        }
        Entry entry = decode(cell, prefixLength);
        return "entry seq=" + entry.seq() + " counted=" + entry.counted() + " message_id=" + entry.messageId()
                + " sender=" + entry.sender() + " client_message_id="
                + entry.clientMessageId() + " kind=" + entry.kind() + " payload="
                + entry.payload().size() + "B time=" + entry.serverTime();
    }
}
