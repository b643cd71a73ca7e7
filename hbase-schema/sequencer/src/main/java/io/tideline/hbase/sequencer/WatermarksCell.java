package io.tideline.hbase.sequencer;

/**
 * The value of {@code h:w}: {@code format(1)=3 | expired through(8) | running count there(8) | cold through(8) | warm
 * through(8) | epoch(8)}. The first format had cold and warm only, the second no count: it is still written where there is
 * none, so that servers of before can read on beside newer ones.
 *
 * @param expiredCounted 0 when nothing has expired, {@link #UNKNOWN} of what expired by an earlier format
 * @param epoch how often the cell was changed
 */
public record WatermarksCell(long expiredThrough, long expiredCounted, long coldThrough, long warmThrough, long epoch) {
    /** In place of a running count. */
    static final long UNKNOWN = -1;

    private static final byte FORMAT_OF_TWO = 1;
    private static final byte FORMAT_WITHOUT_COUNT = 2;
    private static final byte FORMAT = 3;
    private static final int BYTES = 41;

    public byte[] encode() {
        ByteWriter cell = new ByteWriter(BYTES);
        if (expiredThrough == 0 || expiredCounted == UNKNOWN) {
            cell.put(FORMAT_WITHOUT_COUNT).putLong(expiredThrough);
        } else {
            cell.put(FORMAT).putLong(expiredThrough).putLong(expiredCounted);
        }
        return cell.putLong(coldThrough).putLong(warmThrough).putLong(epoch).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no watermarks
     */
    public static WatermarksCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format == FORMAT_OF_TWO) {
            return new WatermarksCell(0, 0, reader.readLong(), reader.readLong(), 0);
        }
        if (format != FORMAT_WITHOUT_COUNT && format != FORMAT) {
            throw new MalformedBatchException("watermarks: format " + format);
        }
        long expiredThrough = reader.readLong();
        long expiredCounted = format == FORMAT ? reader.readLong() : expiredThrough == 0 ? 0 : UNKNOWN;
        return new WatermarksCell(
                expiredThrough, expiredCounted, reader.readLong(), reader.readLong(), reader.readLong());
    }
}
