package io.tideline.hbase.sequencer;

/**
 * The value of {@code d:d}: {@code format(1)=2 | seq(8) | server time(8) | digest(8) | counted(8) | message id(8), unless
 * there is none}. Format 1, of the first release, ends with the digest: all of its entries count, and none has a message
 * id.
 *
 * @param digest of kind and payload, to tell a repeat from a conflict
 * @param counted the entry's running count
 * @param messageId the entry's, 0 for none
 */
public record DedupeCell(long seq, long serverTime, long digest, long counted, long messageId) {
    private static final byte FORMAT_WITHOUT_COUNT = 1;
    private static final byte FORMAT = 2;
    private static final int BYTES = 33;

    public byte[] encode() {
        ByteWriter writer = new ByteWriter(messageId == 0 ? BYTES : BYTES + Long.BYTES)
                .put(FORMAT)
                .putLong(seq)
                .putLong(serverTime)
                .putLong(digest)
                .putLong(counted);
        return (messageId == 0 ? writer : writer.putLong(messageId)).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote, in this release or the first.
     *
     * @throws MalformedBatchException when the bytes are no dedupe cell
     */
    public static DedupeCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT && format != FORMAT_WITHOUT_COUNT) {
            throw new MalformedBatchException("dedupe: format " + format);
        }
        long seq = reader.readLong();
        long serverTime = reader.readLong();
        long digest = reader.readLong();
        if (format == FORMAT_WITHOUT_COUNT) {
            return new DedupeCell(seq, serverTime, digest, seq, 0);
        }
        long counted = reader.readLong();
        return new DedupeCell(seq, serverTime, digest, counted, reader.remaining() == 0 ? 0 : reader.readLong());
    }
}
