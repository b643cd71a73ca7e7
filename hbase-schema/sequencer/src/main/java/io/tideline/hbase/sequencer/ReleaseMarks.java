package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionScanner;
import org.jspecify.annotations.Nullable;

/**
 * Whether entries of a region have been let go, asked in the order of their rows: the mark of a timeline is read once, at
 * its first entry. A mark that is raised meanwhile is heeded by the next compaction. For one thread.
 *
 * <p>Marks are read by one scanner over the heads, which is moved from head to head: a get for each timeline would take
 * ten times as long. It is opened anew every now and then: while it is open HBase keeps the blocks it has read, and old
 * versions of heads, which are written with each append.
 */
final class ReleaseMarks implements AutoCloseable {
    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES;
    private static final byte[] NO_TIMELINE = {};
    private static final int HEADS_OF_A_SCANNER = 1000;
    private static final long AGE_OF_A_SCANNER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Region region;
    private final byte[] row = new byte[Short.MAX_VALUE];
    private byte[] prefix = NO_TIMELINE;
    private long releasedThrough;

    private @Nullable RegionScanner heads;
    private long openedNanos;
    private int moves;

    /** The head that {@link #heads} has read last, null when there are no more. */
    private byte @Nullable [] head;

    private final List<Cell> cells = new ArrayList<>();

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
        byte[] wanted = RowKeys.headRow(timeline);
        try {
            moveTo(wanted);
            return Arrays.equals(head, wanted) ? through() : 0;
        } catch (IOException | RuntimeException e) {
            // The region closes, or the mark is ruined. A compaction must not fail by it; a later one drops more.
            close();
            return 0;
        }
    }

    private void moveTo(byte[] wanted) throws IOException {
        if (moves >= HEADS_OF_A_SCANNER || System.nanoTime() - openedNanos > AGE_OF_A_SCANNER_NANOS) {
            close();
        }
        @Nullable RegionScanner scanner = heads;
        if (scanner == null) {
            scanner = region.getScanner(new Scan()
                    // The whole family: the row of the head itself ends each step, however few marks there are.
                    .addFamily(SchemaNames.HEAD_FAMILY)
                    .withStartRow(wanted)
                    .setReadType(Scan.ReadType.PREAD)
                    .setCacheBlocks(false));
            heads = scanner;
            openedNanos = System.nanoTime();
            moves = 0;
            readHead(scanner);
        } else if (head != null && Arrays.compareUnsigned(head, wanted) < 0) {
            scanner.reseek(wanted);
            readHead(scanner);
        }
    }

    private void readHead(RegionScanner scanner) throws IOException {
        moves++;
        cells.clear();
        scanner.next(cells);
        head = cells.isEmpty() ? null : CellUtil.cloneRow(cells.get(0));
    }

    private long through() throws MalformedBatchException {
        for (Cell cell : cells) {
            if (CellUtil.matchingQualifier(cell, SchemaNames.RELEASED)) {
                return ReleasedCell.decode(CellUtil.cloneValue(cell)).through();
            }
        }
        return 0;
    }

    @Override
    public void close() {
        if (heads != null) {
            try {
                heads.close();
            } catch (IOException e) {
                // It was for reading, and what it has read is not wanted any more.
                head = null;
            }
        }
        heads = null;
    }
}
