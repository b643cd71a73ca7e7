package io.tideline.hbase.archive;

import io.tideline.core.tier.TierState;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.store.TimelineKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stretch that a job has written, as tasks report it.
 *
 * @param before the timeline's state when the job began; null when nobody knows any more
 */
record Moved(Slice slice, @Nullable TierState before) {
    byte[] encode(PlanEntry plan) {
        byte[] row = RowKeys.entryRow(TimelineKeys.prefix(slice.timeline()), slice.last());
        byte[] planned = plan.encode();
        byte[] value = Locators.encode(slice);
        return ByteBuffer.allocate(Short.BYTES + row.length + planned.length + value.length)
                .putShort((short) row.length)
                .put(row)
                .put(planned)
                .put(value)
                .array();
    }

    static Moved decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        byte[] row = new byte[buffer.getShort()];
        buffer.get(row);
        byte[] planned = new byte[6 * Long.BYTES];
        buffer.get(planned);
        byte[] value = new byte[buffer.remaining()];
        buffer.get(value);
        int prefixLength = row.length - 1 - Long.BYTES;
        byte[] prefix = Arrays.copyOf(row, prefixLength);
        Slice slice = Locators.decode(Keys.timeline(prefix), RowKeys.seq(row, 0, prefixLength), value);
        return new Moved(slice, PlanEntry.decode(planned, planned.length).before());
    }
}
