package io.tideline.hbase.sequencer;

/**
 * How far a reader has read, in the head row: column {@code m:r<reader>}, timestamp the seq that was read last, value
 * {@code format(1)=1 | counted(8)}. As of all cells the one with the highest timestamp stays, so does the farthest mark.
 *
 * @param counted the running count of the entry that was read last
 */
public record MarkCell(long counted) {
    public static final int MAX_READER_BYTES = 128;

    /** What columns of marks begin with. */
    public static final byte QUALIFIER_PREFIX = 'r';

    private static final byte FORMAT = 1;
    private static final int BYTES = 9;

    /**
     * The column of a reader's mark.
     *
     * @param reader 1 to {@value #MAX_READER_BYTES} bytes
     */
    public static byte[] qualifier(byte[] reader) {
        if (reader.length < 1 || reader.length > MAX_READER_BYTES) {
            throw new IllegalArgumentException(
                    "reader: " + reader.length + " bytes (expected: 1.." + MAX_READER_BYTES + ")");
        }
        byte[] qualifier = new byte[1 + reader.length];
        qualifier[0] = QUALIFIER_PREFIX;
        System.arraycopy(reader, 0, qualifier, 1, reader.length);
        return qualifier;
    }

    public byte[] encode() {
        return new ByteWriter(BYTES).put(FORMAT).putLong(counted).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no mark
     */
    public static MarkCell decode(byte[] source, int offset, int length) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("mark: format " + format);
        }
        long counted = reader.readLong();
        if (counted < 0 || reader.remaining() != 0) {
            throw new MalformedBatchException("mark: count " + counted + ", " + reader.remaining() + " bytes too many");
        }
        return new MarkCell(counted);
    }
}
