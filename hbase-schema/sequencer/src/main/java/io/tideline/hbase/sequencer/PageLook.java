package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.NotServingRegionException;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionScanner;

/**
 * Reads a range of entries into one value: what a scan of them costs on its way, in both processes, is mostly the making
 * and taking apart of as many results.
 */
final class PageLook {
    /** The most that a cell's value has beside the payload: only what is beyond counts as payload here. */
    private static final int MAX_HEADER_BYTES = 512;

    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES;

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
            return read(scanner, prefixLength, question);
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

    private static ByteWriter read(RegionScanner scanner, int prefixLength, PageQuestion question) throws IOException {
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
                PageAnswer.add(answer, seq, cell.getValueArray(), cell.getValueOffset(), length);
                payloads += Math.max(0, length - MAX_HEADER_BYTES);
                rows++;
            }
        }
        return answer;
    }
}
