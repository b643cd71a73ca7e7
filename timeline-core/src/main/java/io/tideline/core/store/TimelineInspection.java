package io.tideline.core.store;

import java.time.Instant;
import java.util.List;

/**
 * One timeline as the engine stores it.
 *
 * @param table the table's name
 * @param region the region's encoded name and key range, for the engine's own tools
 * @param server host and port of the region's server
 * @param entryRows how many entry rows there are
 * @param storedBytes keys and values of all cells of the timeline, uncompressed
 * @param rows the first rows asked for
 */
public record TimelineInspection(
        TimelineDescription description,
        String table,
        String region,
        String server,
        long entryRows,
        long storedBytes,
        List<StoredCell> rows) {
    public TimelineInspection {
        rows = List.copyOf(rows);
    }

    /**
     * One cell.
     *
     * @param rowHex the row key in hexadecimal
     * @param column family and qualifier
     * @param timestamp the cell's own timestamp
     * @param decoded what the row says, without payload: its kind and, for entries, seq, sender and sizes
     */
    public record StoredCell(String rowHex, String column, Instant timestamp, int valueBytes, String decoded) {}
}
