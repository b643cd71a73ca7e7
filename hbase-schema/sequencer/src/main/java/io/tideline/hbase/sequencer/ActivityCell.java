package io.tideline.hbase.sequencer;

/**
 * That a timeline has got entries on a day: column {@code a:a} of a row of its own, value {@code format(1)=1 | day(4)}. The
 * day, which is in the row already, stands in the value too, so that a scan can leave out later days by the value alone.
 *
 * @param day days since 1970-01-01, UTC, of the entries' server time, 0 or more
 */
public record ActivityCell(int day) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 5;

    /** Of days 0 and more, the bytes sort as the days do. */
    public byte[] encode() {
        return new ByteWriter(BYTES).put(FORMAT).put(RowKeys.dayBytes(day)).toByteArray();
    }
}
