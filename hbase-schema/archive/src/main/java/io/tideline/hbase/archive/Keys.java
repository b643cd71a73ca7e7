package io.tideline.hbase.archive;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.store.TimelineKeys;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.hbase.client.Scan;

/** Row key prefixes, their columns in files, and the timelines they stand for. */
final class Keys {
    private Keys() {}

    /** @throws CorruptDataException when it is not the prefix of a timeline */
    static TimelineId timeline(byte[] prefix) {
        try {
            return TimelineKeys.timeline(prefix);
        } catch (MalformedBatchException | IllegalArgumentException e) {
            throw new CorruptDataException("a key of the archive is that of no timeline", Map.of(), e);
        }
    }

    /** Narrows a scan of any table to the timelines of one bucket, which lie next to each other. */
    static Scan within(Scan scan, int bucket) {
        // The hash in front of row keys is the bucket's, with its bits reversed.
        int part = Integer.reverse(bucket) >>> Integer.SIZE - Integer.numberOfTrailingZeros(FileSchema.BUCKETS);
        int rows = (1 << Byte.SIZE) / FileSchema.BUCKETS;
        Scan narrowed = scan.withStartRow(new byte[] {(byte) (part * rows)});
        return part < FileSchema.BUCKETS - 1 ? narrowed.withStopRow(new byte[] {(byte) ((part + 1) * rows)}) : narrowed;
    }

    /** The prefix of the timeline whose {@linkplain FileSchema#key key} is given. */
    static byte[] prefix(byte[] key) {
        int app = key.length == 0 ? 0 : key[0];
        int idAt = 1 + app + 3;
        if (app < 1 || key.length <= idAt) {
            throw new CorruptDataException("a key of the archive is that of no timeline", Map.of(), null);
        }
        try {
            return RowKeys.prefix(
                    Arrays.copyOfRange(key, 1, 1 + app), key[1 + app], Arrays.copyOfRange(key, idAt, key.length));
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException("a key of the archive is that of no timeline", Map.of(), e);
        }
    }
}
