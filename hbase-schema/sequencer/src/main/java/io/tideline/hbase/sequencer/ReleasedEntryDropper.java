package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.KeyValueUtil;
import org.apache.hadoop.hbase.regionserver.InternalScanner;
import org.apache.hadoop.hbase.regionserver.ScannerContext;
import org.apache.hadoop.hbase.regionserver.Shipper;

/**
 * What a compaction reads, without the entries that have been {@linkplain ReleasedCell let go}. Cells are judged one by one,
 * whatever rows come together in one call.
 *
 * <p>Memory: a scanner keeps the blocks it has read until it is told that their cells have been shipped. HBase tells it by
 * the bytes it has written, hence never while everything is dropped, be it gigabytes. So this tells it by the bytes that
 * were read. The compaction's writer may then still look at cells it was given before; they are copies, for that reason.
 */
final class ReleasedEntryDropper implements InternalScanner, Shipper {
    /** A few blocks of each of the files that are compacted. */
    private static final long SHIP_EVERY_BYTES = 1024 * 1024;

    private final InternalScanner scanner;
    private final ReleaseMarks marks;
    private final SequencerMetrics metrics;
    private long bytesNotShipped;

    ReleasedEntryDropper(InternalScanner scanner, ReleaseMarks marks, SequencerMetrics metrics) {
        this.scanner = scanner;
        this.marks = marks;
        this.metrics = metrics;
    }

    @Override
    public boolean next(List<Cell> result, ScannerContext context) throws IOException {
        int before = result.size();
        boolean more = scanner.next(result, context);
        int kept = before;
        for (int i = before; i < result.size(); i++) {
            Cell cell = result.get(i);
            bytesNotShipped += cell.getSerializedSize();
            if (!marks.isReleased(cell)) {
                result.set(kept, KeyValueUtil.copyToNewKeyValue(cell));
                kept++;
            }
        }
        if (kept < result.size()) {
            metrics.releasedDropped(result.size() - kept);
            result.subList(kept, result.size()).clear();
        }
        if (bytesNotShipped > SHIP_EVERY_BYTES) {
            shipped();
        }
        return more;
    }

    @Override
    public void shipped() throws IOException {
        bytesNotShipped = 0;
        if (scanner instanceof Shipper shipper) {
            shipper.shipped();
        }
    }

    @Override
    public void close() throws IOException {
        marks.close();
        scanner.close();
    }
}
