package io.tideline.hbase.store;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Payload;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.RecordCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;

/** Records as HBase's requests, and cells as records. */
final class RecordRows {
    private static final RecordKind[] KINDS = RecordKind.values();

    private RecordRows() {}

    static byte[] family(RecordKind kind) {
        return kind.liesApart() ? SchemaNames.TASK_FAMILY : SchemaNames.RECORD_FAMILY;
    }

    static byte[] qualifier(RecordKind kind) {
        return RecordCell.qualifier(kind.facet());
    }

    static byte[] row(RecordKey key) {
        return RowKeys.recordRow(TimelineKeys.prefix(key.owner()), TimelineKeys.recordSuffix(key.kind(), key.parts()));
    }

    static Put put(TimelineRecord record) {
        RecordKind kind = record.key().kind();
        return new Put(row(record.key()))
                .addColumn(
                        family(kind),
                        qualifier(kind),
                        record.version(),
                        RecordCell.encode(
                                record.version(),
                                record.counted(),
                                record.value().toByteArray()));
    }

    static Get get(RecordKey key) {
        return new Get(row(key)).addColumn(family(key.kind()), qualifier(key.kind()));
    }

    static Delete delete(RecordKey key, long throughVersion) {
        // HBase takes the greatest long for "now".
        return new Delete(row(key))
                .addColumns(family(key.kind()), qualifier(key.kind()), Math.min(throughVersion, Long.MAX_VALUE - 1));
    }

    static TimelineRecord decode(RecordKey key, Cell cell) throws MalformedBatchException {
        RecordCell stored = RecordCell.decode(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        try {
            return new TimelineRecord(key, stored.version(), stored.counted(), Payload.takeOver(stored.value()));
        } catch (IllegalArgumentException e) {
            throw new MalformedBatchException("record: bad version or value");
        }
    }

    /** The kind of a code whose facet is the cell's column; empty for one that this version does not know. */
    static Optional<RecordKind> kind(int code, Cell cell) {
        return cell.getQualifierLength() != 1
                ? Optional.empty()
                : Arrays.stream(KINDS)
                        .filter(kind -> kind.code() == code
                                && kind.facet() == cell.getQualifierArray()[cell.getQualifierOffset()])
                        .findFirst();
    }
}
