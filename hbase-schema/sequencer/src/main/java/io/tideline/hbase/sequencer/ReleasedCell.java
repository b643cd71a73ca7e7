package io.tideline.hbase.sequencer;

/**
 * How far a table has let go of a timeline's entries, in the head row of that table: column {@code h:r}, value {@code
 * format(1)=1 | seq(8)}. Entries up to {@code through} have no readers here any more; compactions drop them, without
 * tombstones, as soon as they come by. The cell with the highest timestamp holds.
 *
 * @param through the last seq that was let go, 0 or more
 */
public record ReleasedCell(long through) {
    private static final byte FORMAT = 1;
    private static final int BYTES = 9;

    public byte[] encode() {
        return new ByteWriter(BYTES).put(FORMAT).putLong(through).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no release mark
     */
    public static ReleasedCell decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte format = reader.read();
        if (format != FORMAT) {
            throw new MalformedBatchException("release mark: format " + format);
        }
        long through = reader.readLong();
        if (through < 0 || reader.remaining() != 0) {
            throw new MalformedBatchException(
                    "release mark: through " + through + ", " + reader.remaining() + " bytes too many");
        }
        return new ReleasedCell(through);
    }
}
