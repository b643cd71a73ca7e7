package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.regionserver.Region;

/**
 * Whether entries of a region have been let go, asked in the order of their rows: the mark of a timeline is read once, at
 * its first entry. A mark that is raised meanwhile is heeded by the next compaction. For one thread.
 */
final class ReleaseMarks {
    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES;
    private static final byte[] NO_TIMELINE = {};

    private final Region region;
    private final byte[] row = new byte[Short.MAX_VALUE];
    private byte[] prefix = NO_TIMELINE;
    private long releasedThrough;

    ReleaseMarks(Region region) {
        this.region = region;
    }

    /** False for whatever is no entry, or cannot be made out: it stays. */
    boolean isReleased(Cell cell) {
        if (!CellUtil.isPut(cell)) {
            return false;
        }
        int rowLength = CellUtil.copyRowTo(cell, row, 0);
        if (!isOfSameTimeline(rowLength) && !enterTimeline(rowLength)) {
            return false;
        }
        return RowKeys.seq(row, 0, prefix.length) <= releasedThrough;
    }

    private boolean isOfSameTimeline(int rowLength) {
        return prefix.length > 0
                && rowLength == prefix.length + ENTRY_KEY_BYTES
                && row[prefix.length] == RowKeys.KIND_ENTRY
                && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Returns false when the row is not that of an entry. */
    private boolean enterTimeline(int rowLength) {
        int prefixLength;
        try {
            prefixLength = RowKeys.prefixLength(Arrays.copyOf(row, rowLength));
        } catch (MalformedBatchException e) {
            return false;
        }
        if (rowLength != prefixLength + ENTRY_KEY_BYTES || row[prefixLength] != RowKeys.KIND_ENTRY) {
            return false;
        }
        prefix = Arrays.copyOf(row, prefixLength);
        releasedThrough = read(prefix);
        return true;
    }

    private long read(byte[] timeline) {
        Get get = new Get(RowKeys.headRow(timeline)).addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED);
        try {
            List<Cell> cells = region.get(get, false);
            return cells.isEmpty()
                    ? 0
                    : ReleasedCell.decode(CellUtil.cloneValue(cells.get(0))).through();
        } catch (IOException | RuntimeException e) {
            // The region closes, or the mark is ruined. A compaction must not fail by it; a later one drops more.
            return 0;
        }
    }
}
