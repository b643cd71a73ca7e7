package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.filter.KeyOnlyFilter;
import org.apache.hadoop.hbase.regionserver.Region;
import org.apache.hadoop.hbase.regionserver.RegionScanner;

/**
 * Reads the ids that a region already holds into its filter, in a thread of its own, while the region serves. Ids that
 * are appended meanwhile get in by the append itself; so when the scan, which began after the region was opened, has
 * ended, nothing is missing.
 *
 * <p>Stops early when the region closes, when there are more ids than the filter has room for, or when reading fails: then
 * ids are looked up one by one until those of before have expired, which is slower and no less right.
 */
final class DedupeFilterLoader {
    private final Region region;
    private final DedupeFilter filter;
    private volatile boolean stopped;

    DedupeFilterLoader(Region region, DedupeFilter filter) {
        this.region = region;
        this.filter = filter;
    }

    void start() {
        Thread loading = new Thread(
                this::load, "tideline-filter-" + region.getRegionInfo().getEncodedName());
        loading.setDaemon(true);
        loading.start();
    }

    void stop() {
        stopped = true;
    }

    private void load() {
        try {
            if (readAll()) {
                filter.complete();
            } else {
                filter.forgo();
            }
        } catch (IOException | RuntimeException e) {
            // The region closes, or its files cannot be read; whoever appends will be told by HBase itself.
            stopped = true;
            filter.forgo();
        }
    }

    private boolean readAll() throws IOException {
        Scan scan = new Scan()
                .addFamily(SchemaNames.DEDUPE_FAMILY)
                .setCacheBlocks(false)
                .setFilter(new KeyOnlyFilter());
        try (RegionScanner scanner = region.getScanner(scan)) {
            List<Cell> cells = new ArrayList<>();
            boolean more = true;
            while (more && !stopped && !filter.isFull()) {
                more = scanner.next(cells);
                for (Cell cell : cells) {
                    filter.add(CellUtil.cloneRow(cell));
                }
                cells.clear();
            }
            return !more;
        }
    }
}
