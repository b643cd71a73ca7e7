package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.NotServingRegionException;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionScanner;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;

/**
 * Reads a range of entries into one value: what a scan of them costs on its way, in both processes, is mostly the making
 * and taking apart of as many results. A range that begins with an entry which has expired has an empty answer.
 */
final class PageLook {
    /** The most that a cell's value has beside the payload: only what is beyond counts as payload here. */
    private static final int MAX_HEADER_BYTES = 512;

    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES;

    /** Younger entries are taken for kept, without a look at the watermarks: retention is a matter of days. */
    static final long MAY_EXPIRE_MILLIS = TimeUnit.HOURS.toMillis(1);

    private PageLook() {}

    /**
     * An answer, as written.
     *
     * @param row of the first entry wanted
     * @throws NotServingRegionException when another region has the row; the client then looks for it
     */
    static ByteWriter look(Region region, byte[] row, PageQuestion question) throws IOException {
        int prefixLength = RowKeys.prefixLength(row);
        if (row.length != prefixLength + ENTRY_KEY_BYTES || row[prefixLength] != RowKeys.KIND_ENTRY) {
            throw new MalformedBatchException("page: not an entry's row");
        }
        if (!region.getRegionInfo().containsRow(row)) {
            throw new NotServingRegionException(
                    "not in region " + region.getRegionInfo().getEncodedName());
        }
        region.startRegionOperation();
        try (RegionScanner scanner = region.getScanner(scan(row, Arrays.copyOf(row, prefixLength), question.to()))) {
            return read(region, scanner, prefixLength, question);
        } finally {
            region.closeRegionOperation();
        }
    }

    private static Scan scan(byte[] row, byte[] prefix, long to) {
        // The family, which has one column: HBase then goes from row to row without a seek.
        Scan scan =
                new Scan().addFamily(SchemaNames.ENTRY_FAMILY).withStartRow(row).setReadType(Scan.ReadType.PREAD);
        return to == 0
                ? scan.withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY), false)
                : scan.withStopRow(RowKeys.entryRow(prefix, to), true);
    }

    private static ByteWriter read(Region region, RegionScanner scanner, int prefixLength, PageQuestion question)
            throws IOException {
        ByteWriter answer = PageAnswer.writer(question.rows());
        List<Cell> cells = new ArrayList<>(1);
        long payloads = 0;
        int rows = 0;
        boolean more = true;
        while (more && rows < question.rows() && payloads < question.bytes()) {
            if (answer.size() >= PageAnswer.MAX_BYTES) {
                PageAnswer.addMore(answer);
                break;
            }
            cells.clear();
            more = scanner.nextRaw(cells);
            for (Cell cell : cells) {
                long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
                int length = cell.getValueLength();
                if (rows == 0 && hasExpired(region, cell, prefixLength, seq)) {
                    return answer;
                }
                PageAnswer.add(answer, seq, cell.getValueArray(), cell.getValueOffset(), length);
                payloads += Math.max(0, length - MAX_HEADER_BYTES);
                rows++;
            }
        }
        return answer;
    }

    /** Expired entries stay in their rows until a compaction: nobody is to see them meanwhile. */
    private static boolean hasExpired(Region region, Cell first, int prefixLength, long seq) throws IOException {
        long age = EnvironmentEdgeManager.currentTime()
                - EntryBytes.serverTime(first.getValueArray(), first.getValueOffset(), first.getValueLength());
        if (age < MAY_EXPIRE_MILLIS) {
            return false;
        }
        byte[] prefix =
                Arrays.copyOfRange(first.getRowArray(), first.getRowOffset(), first.getRowOffset() + prefixLength);
        Scan scan = new Scan()
                .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS)
                .withStartRow(RowKeys.headRow(prefix))
                .withStopRow(RowKeys.headRow(prefix), true)
                .setReadType(Scan.ReadType.PREAD);
        List<Cell> cells = new ArrayList<>(1);
        try (RegionScanner head = region.getScanner(scan)) {
            head.nextRaw(cells);
            return !cells.isEmpty()
                    && seq
                            <= WatermarksCell.decode(CellUtil.cloneValue(cells.get(0)))
                                    .expiredThrough();
        }
    }
}
