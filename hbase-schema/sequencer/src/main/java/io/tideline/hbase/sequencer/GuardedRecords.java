package io.tideline.hbase.sequencer;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.regionserver.Region;
import org.jspecify.annotations.Nullable;

/** The records of a region as one drain sees them: what it has prepared, over what is known, over what is stored. */
final class GuardedRecords {
    private final Region region;
    private final RecordCache cache;
    private final SequencerMetrics metrics;
    private final Map<Key, RecordState> prepared = new HashMap<>();

    GuardedRecords(Region region, RecordCache cache, SequencerMetrics metrics) {
        this.region = region;
        this.cache = cache;
        this.metrics = metrics;
    }

    /** The first guard of an item that does not hold; null when all do. */
    BatchAnswer.@Nullable Refused refusal(AppendBatch.Item item) throws IOException {
        for (int i = 0; i < item.guards().size(); i++) {
            RecordGuard guard = item.guards().get(i);
            RecordState found = find(guard.row(item.prefix()), guard.facet());
            if (!guard.accepts(found)) {
                metrics.refusal();
                return new BatchAnswer.Refused(i, found.version(), found.level());
            }
        }
        return null;
    }

    private RecordState find(byte[] row, byte facet) throws IOException {
        Key key = key(row, facet);
        @Nullable RecordState known = prepared.get(key);
        if (known == null) {
            known = cache.get(key);
        }
        return known != null ? known : read(key, row, facet);
    }

    private RecordState read(Key key, byte[] row, byte facet) throws IOException {
        metrics.guardRead();
        List<Cell> cells = region.get(new Get(row).addColumn(SchemaNames.RECORD_FAMILY, new byte[] {facet}), false);
        RecordState stored = RecordState.ABSENT;
        if (!cells.isEmpty()) {
            Cell cell = cells.get(0);
            RecordCell record = RecordCell.decode(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
            stored = new RecordState(record.version(), record.level());
        }
        cache.put(key, stored);
        return stored;
    }

    /** Remembers what this drain is going to write, for the guards of later items. */
    void prepare(byte[] row, AttachedRecord record, long version) {
        prepared.merge(
                key(row, record.facet()),
                new RecordState(version, record.level()),
                (earlier, later) -> later.version() >= earlier.version() ? later : earlier);
    }

    void refreshCache(boolean committed) {
        prepared.forEach((key, state) -> {
            if (committed) {
                cache.update(key, state);
            } else {
                cache.evict(key);
            }
        });
    }

    private static Key key(byte[] row, byte facet) {
        byte[] bytes = Arrays.copyOf(row, row.length + 1);
        bytes[row.length] = facet;
        return new Key(bytes);
    }
}
