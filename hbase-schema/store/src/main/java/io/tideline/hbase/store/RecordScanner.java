package io.tideline.hbase.store;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RecordKeyWriter;
import io.tideline.hbase.sequencer.RowKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.Scan;
import org.jspecify.annotations.Nullable;

/** Scans records, as many rows as a page may hold and one more, which tells whether the page is the last. */
final class RecordScanner {
    /** What one response of a region server may hold; a page of larger records takes several. */
    private static final long MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

    /** What a page may hold. Records have a few dozen bytes, so pages end by their rows. */
    private static final long MAX_PAGE_BYTES = 8 * 1024 * 1024;

    private final Tables tables;

    RecordScanner(Tables tables) {
        this.tables = tables;
    }

    CompletableFuture<RecordPage> scan(RecordScan query, Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(query.owner());
        RecordKind kind = query.kinds().iterator().next();
        byte[] beginning = RowKeys.recordRow(prefix, TimelineKeys.recordSuffix(kind, query.prefix()));
        byte[] start = beginning;
        byte[] stop = RowKeys.afterAll(beginning);
        if (query.fromNumber() > 0 || query.toNumber() < Long.MAX_VALUE) {
            start = withNumber(prefix, kind, query, query.fromNumber());
            stop = RowKeys.afterAll(withNumber(prefix, kind, query, query.toNumber()));
        }
        Scan scan = page(query.maxRows()).withStartRow(start).withStopRow(stop, false);
        @Nullable RecordKey last = query.after().orElse(null);
        if (last != null) {
            byte[] lastRow = RowKeys.recordRow(prefix, TimelineKeys.recordSuffix(kind, last.parts()));
            if (Arrays.compareUnsigned(lastRow, stop) >= 0) {
                return CompletableFuture.completedFuture(new RecordPage(List.of(), true));
            }
            if (Arrays.compareUnsigned(lastRow, start) >= 0) {
                scan.withStartRow(lastRow, false);
            }
        }
        select(scan, query.kinds(), kind);
        return collect(TimelineTable.of(query.owner().family()), scan, query.owner(), query.maxRows(), deadline);
    }

    private static byte[] withNumber(byte[] prefix, RecordKind kind, RecordScan query, long number) {
        byte[] beginning = RowKeys.recordRow(prefix, TimelineKeys.recordSuffix(kind, query.prefix()));
        byte[] part = new RecordKeyWriter(kind.code()).number(number).toByteArray();
        return RowKeys.recordRow(beginning, Arrays.copyOfRange(part, 1, part.length));
    }

    /** All records of a kind that lies apart: they all belong to conversations, hence one table. */
    CompletableFuture<RecordPage> scanAll(RecordKind kind, Optional<RecordKey> after, int maxRows, Deadline deadline) {
        Scan scan = page(maxRows).addColumn(RecordRows.family(kind), RecordRows.qualifier(kind));
        after.ifPresent(key -> scan.withStartRow(RecordRows.row(key), false));
        return collect(TimelineTable.of(TimelineFamily.CONVERSATION), scan, null, maxRows, deadline);
    }

    private static Scan page(int maxRows) {
        return new Scan()
                .setLimit(maxRows + 1)
                .setCaching(maxRows + 1)
                .setMaxResultSize(MAX_RESPONSE_BYTES)
                .setReadType(Scan.ReadType.PREAD);
    }

    /** The family where all that a row has is wanted: HBase then goes from row to row without a seek. */
    private static void select(Scan scan, Set<RecordKind> kinds, RecordKind one) {
        boolean everything = Arrays.stream(RecordKind.values())
                .filter(kind -> kind.code() == one.code())
                .allMatch(kinds::contains);
        if (everything) {
            scan.addFamily(RecordRows.family(one));
        } else {
            kinds.forEach(kind -> scan.addColumn(RecordRows.family(kind), RecordRows.qualifier(kind)));
        }
    }

    private CompletableFuture<RecordPage> collect(
            TimelineTable table, Scan scan, @Nullable TimelineId owner, int maxRows, Deadline deadline) {
        Collector collector = new Collector(owner, maxRows);
        tables.reading(table, deadline).scan(scan, collector);
        return collector.page;
    }

    /** Collects until the page is full. Called by one thread at a time. */
    private static final class Collector implements AdvancedScanResultConsumer {
        private final @Nullable TimelineId owner;
        private final int ownerPrefixLength;
        private final int maxRows;
        private final List<TimelineRecord> records = new ArrayList<>();
        private final CompletableFuture<RecordPage> page = new CompletableFuture<>();
        private int rows;
        private long bytes;
        private boolean full;

        Collector(@Nullable TimelineId owner, int maxRows) {
            this.owner = owner;
            this.ownerPrefixLength = owner == null ? 0 : TimelineKeys.prefix(owner).length;
            this.maxRows = maxRows;
        }

        @Override
        public void onNext(Result[] results, ScanController controller) {
            for (Result result : results) {
                if (rows == maxRows || bytes > MAX_PAGE_BYTES) {
                    full = true;
                    controller.terminate();
                    return;
                }
                try {
                    add(result);
                } catch (MalformedBatchException | IllegalArgumentException e) {
                    controller.terminate();
                    page.completeExceptionally(HBaseFailures.ofRead(
                            e instanceof MalformedBatchException ? e : new MalformedBatchException("record: bad key")));
                    return;
                }
            }
        }

        private void add(Result result) throws MalformedBatchException {
            byte[] row = result.getRow();
            TimelineId of = owner == null ? TimelineKeys.timeline(row) : owner;
            int prefixLength = owner == null ? RowKeys.prefixLength(row) : ownerPrefixLength;
            RecordKey key = null;
            for (Cell cell : result.rawCells()) {
                // A facet that a later version has brought is not for us.
                RecordKind kind = RecordRows.kind(row[prefixLength], cell).orElse(null);
                if (kind != null) {
                    key = key == null
                            ? new RecordKey(of, kind, TimelineKeys.recordParts(row, prefixLength))
                            : new RecordKey(of, kind, key.parts());
                    records.add(RecordRows.decode(key, cell));
                    bytes += cell.getValueLength();
                }
            }
            rows++;
        }

        @Override
        public void onError(Throwable error) {
            page.completeExceptionally(HBaseFailures.ofRead(error));
        }

        @Override
        public void onComplete() {
            page.complete(new RecordPage(records, !full));
        }
    }
}
