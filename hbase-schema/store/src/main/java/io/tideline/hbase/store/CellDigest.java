package io.tideline.hbase.store;

import io.tideline.core.tier.RangeDigest;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.sequencer.RowKeys;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.hadoop.hbase.Cell;

/** Digests entry cells in the order of their seqs: row and value, not the timestamp. For one thread at a time. */
final class CellDigest {
    private final int prefixLength;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
    private long count;
    private long first;
    private long last;
    private long bytes;

    CellDigest(int prefixLength) {
        this.prefixLength = prefixLength;
    }

    void add(Cell cell) {
        long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
        first = count == 0 ? seq : first;
        last = seq;
        count++;
        checksum.update(number.clear().putLong(seq).flip());
        checksum.update(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
        bytes += cell.getRowLength() + cell.getValueLength();
    }

    RangeDigest result() {
        return count == 0
                ? RangeDigest.EMPTY
                : new RangeDigest(count, SequenceId.of(first), SequenceId.of(last), checksum.getValue(), bytes);
    }
}
