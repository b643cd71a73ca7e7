package io.tideline.hbase.schema;

import io.tideline.hbase.sequencer.ActivityCell;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.HeadCell;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes days of timelines from before the sequencer did so: the first one and the last one of each, which is enough, since
 * whoever finds a timeline by a day looks at all that is hot of it. Goes through all heads of the table; may be repeated.
 */
final class ActivityBackfill {
    private static final Logger LOG = LoggerFactory.getLogger(ActivityBackfill.class);
    private static final int HEADS_AT_A_TIME = 1000;

    /** Below that of any cell of the sequencer, and of what has been settled since. */
    private static final long TIMESTAMP = 1;

    private final Table table;

    ActivityBackfill(Table table) {
        this.table = table;
    }

    /** Returns how many timelines there were. */
    long run() throws IOException {
        Scan heads = new Scan()
                .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.HEAD)
                .setCaching(HEADS_AT_A_TIME)
                .setCacheBlocks(false);
        long timelines = 0;
        try (ResultScanner scanner = table.getScanner(heads)) {
            for (Result[] some = scanner.next(HEADS_AT_A_TIME); some.length > 0; some = scanner.next(HEADS_AT_A_TIME)) {
                timelines += note(some);
            }
        }
        return timelines;
    }

    private int note(Result[] heads) throws IOException {
        List<byte[]> prefixes = new ArrayList<>();
        List<Get> firstEntries = new ArrayList<>();
        List<Put> days = new ArrayList<>();
        for (Result head : heads) {
            try {
                byte[] prefix = RowKeys.prefixOf(head.getRow());
                if (RowKeys.hasTiers(prefix)) {
                    prefixes.add(prefix);
                    firstEntries.add(new Get(RowKeys.entryRow(prefix, 1)).addFamily(SchemaNames.ENTRY_FAMILY));
                    days.add(put(prefix, HeadCell.decode(head.value()).serverTime()));
                }
            } catch (MalformedBatchException unreadable) {
                // Nobody can append to it, read it or move it.
                LOG.warn("a head cannot be decoded; its timeline is left out");
            }
        }
        Result[] entries = table.get(firstEntries);
        for (int i = 0; i < entries.length; i++) {
            if (!entries[i].isEmpty()) {
                addFirstDay(prefixes.get(i), entries[i].rawCells()[0], days);
            }
        }
        table.put(days);
        return prefixes.size();
    }

    private static void addFirstDay(byte[] prefix, Cell entry, List<Put> days) {
        byte[] value = CellUtil.cloneValue(entry);
        try {
            long time = EntryBytes.isErased(value, 0, value.length)
                    ? EntryBytes.decodeErased(value, 0, value.length, 1).serverTime()
                    : EntryBytes.decodeCell(value, 0, value.length, 1).serverTime();
            days.add(put(prefix, time));
        } catch (MalformedBatchException unreadable) {
            LOG.warn("an entry cannot be decoded; the day of its timeline's last one stands for it");
        }
    }

    private static Put put(byte[] prefix, long serverTime) {
        int day = Math.toIntExact(TimeUnit.MILLISECONDS.toDays(Math.max(0, serverTime)));
        return new Put(RowKeys.activityRow(prefix, day))
                .addColumn(
                        SchemaNames.ACTIVITY_FAMILY, SchemaNames.ACTIVITY, TIMESTAMP, new ActivityCell(day).encode());
    }
}
