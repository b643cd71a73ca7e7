package io.tideline.hbase.sequencer;

/** The value of {@code h:w}: {@code format(1)=1 | cold through(8) | warm through(8)}. */
public record WatermarksCell(long coldThrough, long warmThrough) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 17;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(FORMAT)
                .putLong(coldThrough)
                .putLong(warmThrough)
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
        if (format != FORMAT) {
            throw new MalformedBatchException("watermarks: format " + format);
        }
        return new WatermarksCell(reader.readLong(), reader.readLong());
    }
}
