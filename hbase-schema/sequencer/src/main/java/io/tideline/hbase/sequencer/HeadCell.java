package io.tideline.hbase.sequencer;

/**
 * The value of {@code h:h}: {@code format(1)=1 | last seq(8) | cell time(8) | server time of last(8)}.
 *
 * @param last the last committed seq, 1 or more
 * @param cellTime the timestamp of this cell, milliseconds; strictly grows with every append, so that a cell written
 *     after a clock step, or by a server whose clock is behind, is never eclipsed by the one before it
 * @param serverTime what readers are told, milliseconds of wall time; never falls
 */
public record HeadCell(long last, long cellTime, long serverTime) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 25;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(FORMAT)
                .putLong(last)
                .putLong(cellTime)
                .putLong(serverTime)
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no head
     */
    public static HeadCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("head: format " + format);
        }
        return new HeadCell(reader.readLong(), reader.readLong(), reader.readLong());
    }
}
