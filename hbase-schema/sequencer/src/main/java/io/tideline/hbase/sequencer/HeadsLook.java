package io.tideline.hbase.sequencer;

import io.tideline.hbase.sequencer.HeadsAnswer.HeadRow;
import io.tideline.hbase.sequencer.HeadsAnswer.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionScanner;
import org.jspecify.annotations.Nullable;

/**
 * Reads many heads of a region, with one reader's marks: by one scanner that is moved from row to row, since most of what a
 * Get costs is opening scanners of its own. All rows are of the moment at which the scanner was opened. For one thread and
 * one question.
 */
final class HeadsLook {
    private final Region region;
    private final byte @Nullable [] markQualifier;
    private final List<Cell> cells = new ArrayList<>();
    /** The row that the scanner has read last, null when there are no more. */
    private byte @Nullable [] row;

    private HeadsLook(Region region, byte[] reader) {
        this.region = region;
        this.markQualifier = reader.length == 0 ? null : MarkCell.qualifier(reader);
    }

    /** In the order of the question. */
    static List<HeadRow> look(Region region, HeadsQuestion question) throws IOException {
        return new HeadsLook(region, question.reader()).read(question.prefixes());
    }

    private List<HeadRow> read(List<byte[]> prefixes) throws IOException {
        List<byte[]> rows = prefixes.stream().map(RowKeys::headRow).toList();
        List<HeadRow> found = new ArrayList<>(rows.size());
        @Nullable RegionScanner scanner = null;
        try {
            for (byte[] wanted : rows) {
                if (!region.getRegionInfo().containsRow(wanted)) {
                    found.add(HeadRow.without(State.ELSEWHERE));
                    continue;
                }
                if (scanner == null) {
                    scanner = region.getScanner(scan(wanted, rows.get(rows.size() - 1)));
                    next(scanner);
                } else if (row != null && Arrays.compareUnsigned(row, wanted) < 0) {
                    scanner.reseek(wanted);
                    next(scanner);
                }
                found.add(Arrays.equals(row, wanted) ? headRow() : HeadRow.without(State.NONE));
            }
        } finally {
            if (scanner != null) {
                scanner.close();
            }
        }
        return found;
    }

    private Scan scan(byte[] first, byte[] last) {
        // The heads' family and not its columns: HBase then reads on without a seek for each.
        Scan scan = new Scan()
                .addFamily(SchemaNames.HEAD_FAMILY)
                .withStartRow(first)
                .withStopRow(last, true)
                .setReadType(Scan.ReadType.PREAD);
        return markQualifier == null ? scan : scan.addColumn(SchemaNames.RECORD_FAMILY, markQualifier);
    }

    private void next(RegionScanner scanner) throws IOException {
        cells.clear();
        scanner.next(cells);
        row = cells.isEmpty() ? null : CellUtil.cloneRow(cells.get(0));
    }

    private HeadRow headRow() {
        byte @Nullable [] head = null;
        byte @Nullable [] watermarks = null;
        byte @Nullable [] mark = null;
        long markedSeq = 0;
        for (Cell cell : cells) {
            if (CellUtil.matchingFamily(cell, SchemaNames.RECORD_FAMILY)) {
                mark = CellUtil.cloneValue(cell);
                markedSeq = cell.getTimestamp();
            } else if (CellUtil.matchingQualifier(cell, SchemaNames.HEAD)) {
                head = CellUtil.cloneValue(cell);
            } else if (CellUtil.matchingQualifier(cell, SchemaNames.WATERMARKS)) {
                watermarks = CellUtil.cloneValue(cell);
            }
        }
        return head == null ? HeadRow.without(State.NONE) : HeadRow.of(head, watermarks, markedSeq, mark);
    }
}
