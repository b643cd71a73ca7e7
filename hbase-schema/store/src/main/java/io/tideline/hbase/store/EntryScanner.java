package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
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
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;

/** Scans entries of one timeline, as many as a page may hold and no more. */
final class EntryScanner {
    /** What one response of a region server may hold; a page of large payloads takes several. */
    private static final long MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

    /**
     * What a scan found.
     *
     * @param full true when the page's limits ended it and more entries follow within the range
     */
    record Scanned(List<Entry> entries, boolean full) {}

    private final Tables tables;

    EntryScanner(Tables tables) {
        this.tables = tables;
    }

    /**
     * Reads from {@code from} to {@code to}, both included; forward, {@link SequenceId#NONE} as {@code to} means the end.
     */
    CompletableFuture<Scanned> scan(ReadQuery query, SequenceId from, SequenceId to, Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(query.timeline());
        boolean backward = query.direction() == io.tideline.core.store.Direction.BACKWARD;
        Scan scan = new Scan()
                // The family, which has one column, and not the column: HBase then goes from row to row without a seek.
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, from.value()), true)
                .setReversed(backward)
                // One more than wanted tells whether the page is the last one.
                .setLimit(query.maxEntries() + 1)
                .setCaching(query.maxEntries() + 1)
                .setMaxResultSize(MAX_RESPONSE_BYTES)
                .setReadType(Scan.ReadType.PREAD);
        // Both ends inside the prefix: only then is the prefix bloom filter asked.
        if (to.isNone()) {
            scan.withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY), false);
        } else {
            scan.withStopRow(RowKeys.entryRow(prefix, to.value()), true);
        }
        Collector collector = new Collector(prefix.length, query.maxEntries(), query.maxBytes());
        AsyncTable<AdvancedScanResultConsumer> table = tables.reading(query.timeline(), deadline);
        table.scan(scan, collector);
        return collector.scanned;
    }

    /** Collects until the page is full. Called by one thread at a time. */
    private static final class Collector implements AdvancedScanResultConsumer {
        private final int prefixLength;
        private final int maxEntries;
        private final int maxBytes;
        private final List<Entry> entries = new ArrayList<>();
        private final CompletableFuture<Scanned> scanned = new CompletableFuture<>();
        private int bytes;
        private boolean full;

        Collector(int prefixLength, int maxEntries, int maxBytes) {
            this.prefixLength = prefixLength;
            this.maxEntries = maxEntries;
            this.maxBytes = maxBytes;
        }

        @Override
        public void onNext(Result[] results, ScanController controller) {
            for (Result result : results) {
                Entry entry;
                try {
                    entry = decode(result.rawCells()[0], prefixLength);
                } catch (MalformedBatchException | IllegalArgumentException e) {
                    controller.terminate();
                    scanned.completeExceptionally(HBaseFailures.ofRead(
                            e instanceof MalformedBatchException
                                    ? e
                                    : new MalformedBatchException("entry: bad field")));
                    return;
                }
                if (entries.size() == maxEntries
                        || !entries.isEmpty() && bytes + entry.payload().size() > maxBytes) {
                    full = true;
                    controller.terminate();
                    return;
                }
                bytes += entry.payload().size();
                entries.add(entry);
            }
        }

        @Override
        public void onError(Throwable error) {
            scanned.completeExceptionally(HBaseFailures.ofRead(error));
        }

        @Override
        public void onComplete() {
            scanned.complete(new Scanned(entries, full));
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
        Entry entry = decode(cell, prefixLength);
        return "entry seq=" + entry.seq() + " counted=" + entry.counted() + " message_id=" + entry.messageId()
                + " sender=" + entry.sender() + " client_message_id="
                + entry.clientMessageId() + " kind=" + entry.kind() + " payload="
                + entry.payload().size() + "B time=" + entry.serverTime();
    }
}
