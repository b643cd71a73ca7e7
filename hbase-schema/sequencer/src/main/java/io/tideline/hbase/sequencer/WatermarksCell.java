package io.tideline.hbase.sequencer;

/**
 * The value of {@code h:w}: {@code format(1)=2 | expired through(8) | cold through(8) | warm through(8) | epoch(8)}. The first
 * format had cold and warm only.
 *
 * @param epoch how often the cell was changed
 */
public record WatermarksCell(long expiredThrough, long coldThrough, long warmThrough, long epoch) {
    private static final byte FORMAT_OF_TWO = 1;
    private static final byte FORMAT = 2;
    private static final int BYTES = 33;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(FORMAT)
                .putLong(expiredThrough)
                .putLong(coldThrough)
                .putLong(warmThrough)
                .putLong(epoch)
                .toByteArray();
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
            return new WatermarksCell(0, reader.readLong(), reader.readLong(), 0);
        }
        if (format != FORMAT) {
            throw new MalformedBatchException("watermarks: format " + format);
        }
        return new WatermarksCell(reader.readLong(), reader.readLong(), reader.readLong(), reader.readLong());
    }
}
