package io.tideline.hbase.sequencer;

/**
 * The value of {@code d:d}: {@code format(1)=1 | seq(8) | server time(8) | digest(8)}.
 *
 * @param digest of kind and payload, to tell a repeat from a conflict
 */
public record DedupeCell(long seq, long serverTime, long digest) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 25;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(FORMAT)
                .putLong(seq)
                .putLong(serverTime)
                .putLong(digest)
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no dedupe cell
     */
    public static DedupeCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("dedupe: format " + format);
        }
        return new DedupeCell(reader.readLong(), reader.readLong(), reader.readLong());
    }
}
