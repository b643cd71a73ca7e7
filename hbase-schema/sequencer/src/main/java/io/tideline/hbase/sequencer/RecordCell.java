package io.tideline.hbase.sequencer;

import java.util.Arrays;

/**
 * The value of a record's cell: {@code version(8) | counted(8) | value}. Its timestamp is the version again, so of all
 * that were ever written the highest version stays, in whatever order they came. Its column is the kind's facet, one
 * ASCII character.
 */
public final class RecordCell {
    private static final int VALUE_AT = 16;

    private final byte[] source;
    private final int valueAt;
    private final int valueBytes;
    private final long version;
    private final long counted;

    private RecordCell(byte[] source, ByteReader reader) throws MalformedBatchException {
        this.source = source;
        this.version = reader.readLong();
        this.counted = reader.readLong();
        this.valueBytes = reader.remaining();
        this.valueAt = reader.skip(valueBytes);
        if (version < 1 || counted < 0) {
            throw new MalformedBatchException("record: version " + version + ", count " + counted);
        }
    }

    /** The column of a facet. */
    public static byte[] qualifier(char facet) {
        if (facet < 'a' || facet > 'z') {
            throw new IllegalArgumentException("facet: " + (int) facet + " (expected: a..z)");
        }
        return new byte[] {(byte) facet};
    }

    public static byte[] encode(long version, long counted, byte[] value) {
        return encode(version, counted, value, 0, value.length);
    }

    static byte[] encode(long version, long counted, byte[] source, int valueAt, int valueBytes) {
        return new ByteWriter(VALUE_AT + valueBytes)
                .putLong(version)
                .putLong(counted)
                .put(source, valueAt, valueBytes)
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote; the array is kept, not copied.
     *
     * @throws MalformedBatchException when the bytes are no record
     */
    public static RecordCell decode(byte[] source, int offset, int length) throws MalformedBatchException {
        return new RecordCell(source, new ByteReader(source, offset, length));
    }

    /** 1 or more. */
    public long version() {
        return version;
    }

    /** The running count of the entry that it was attached to; 0 for a record that was not. */
    public long counted() {
        return counted;
    }

    /** The value's first byte, which is the level of records that guards ask about; 0 of an empty value. */
    byte level() {
        return valueBytes == 0 ? 0 : source[valueAt];
    }

    /** A copy. */
    public byte[] value() {
        return Arrays.copyOfRange(source, valueAt, valueAt + valueBytes);
    }
}
