package io.tideline.hbase.archive;

import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.Watermarks;
import java.nio.ByteBuffer;

/**
 * What a job is to do with one timeline: entries from {@link #from} on leave the warm table as long as one of the limits
 * says so.
 *
 * @param before the state that the job begins with, read before anything else; read back it lacks the running count, of
 *     which a job makes nothing
 * @param dueSeq entries up to it are due, 0 for none
 * @param dueTime entries up to it are due, milliseconds since 1970
 */
record PlanEntry(TierState before, long dueSeq, long dueTime) {
    private static final int LONGS = 6;

    /** The first seq that may move. */
    long from() {
        return Math.max(
                        before.watermarks().coldThrough().value(),
                        before.watermarks().expiredThrough().value())
                + 1;
    }

    /** The last seq that may move. */
    long to() {
        return before.watermarks().warmThrough().value();
    }

    boolean isDue(long seq, long time) {
        return seq <= dueSeq || time <= dueTime;
    }

    byte[] encode() {
        Watermarks marks = before.watermarks();
        return ByteBuffer.allocate(LONGS * Long.BYTES)
                .putLong(marks.expiredThrough().value())
                .putLong(marks.coldThrough().value())
                .putLong(marks.warmThrough().value())
                .putLong(before.epoch())
                .putLong(dueSeq)
                .putLong(dueTime)
                .array();
    }

    static PlanEntry decode(byte[] value, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(value, 0, length);
        Watermarks marks = new Watermarks(
                SequenceId.of(buffer.getLong()), SequenceId.of(buffer.getLong()), SequenceId.of(buffer.getLong()));
        return new PlanEntry(new TierState(marks, buffer.getLong()), buffer.getLong(), buffer.getLong());
    }
}
