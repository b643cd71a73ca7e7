package io.tideline.hbase.sequencer;

/**
 * The value of {@code h:h}: {@code format(1)=2 | last seq(8) | cell time(8) | server time of last(8) | counted(8) | last
 * discounted(8)}. Format 1, of the first release, ends before the counts: all of its entries count, and none was taken
 * back.
 *
 * @param last the last committed seq, 1 or more
 * @param cellTime the timestamp of this cell, milliseconds; strictly grows with every append, so that a cell written
 *     after a clock step, or by a server whose clock is behind, is never eclipsed by the one before it
 * @param serverTime what readers are told, milliseconds of wall time; never falls
 * @param counted how many entries up to the last one count as unread
 * @param lastDiscounted the greatest seq of an entry that counted and was taken back, 0 for none
 */
public record HeadCell(long last, long cellTime, long serverTime, long counted, long lastDiscounted) {
    private static final byte FORMAT_WITHOUT_COUNTS = 1;
    private static final byte FORMAT = 2;
    private static final int BYTES = 41;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(FORMAT)
                .putLong(last)
                .putLong(cellTime)
                .putLong(serverTime)
                .putLong(counted)
                .putLong(lastDiscounted)
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote, in this release or the first.
     *
     * @throws MalformedBatchException when the bytes are no head
     */
    public static HeadCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT && format != FORMAT_WITHOUT_COUNTS) {
            throw new MalformedBatchException("head: format " + format);
        }
        long last = reader.readLong();
        long cellTime = reader.readLong();
        long serverTime = reader.readLong();
        if (format == FORMAT_WITHOUT_COUNTS) {
            return new HeadCell(last, cellTime, serverTime, last, 0);
        }
        HeadCell head = new HeadCell(last, cellTime, serverTime, reader.readLong(), reader.readLong());
        if (head.counted < 0 || head.counted > last || head.lastDiscounted < 0) {
            throw new MalformedBatchException("head: count " + head.counted + " at " + last);
        }
        return head;
    }
}
