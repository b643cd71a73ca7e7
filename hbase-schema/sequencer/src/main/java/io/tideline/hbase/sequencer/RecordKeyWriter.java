package io.tideline.hbase.sequencer;

/**
 * Writes the part of a record's row that follows the timeline's prefix: {@code kind(1) | part…}, a part being {@code
 * 01 | number(8)} or {@code 02 | length(2) | text}. So numbers sort by value, before texts, and no text can reach into
 * another's rows.
 */
public final class RecordKeyWriter {
    public static final int MAX_TEXT_BYTES = 512;
    public static final int MAX_PARTS = 8;

    static final byte NUMBER = 1;
    static final byte TEXT = 2;

    private final ByteWriter bytes;
    private int parts;

    /** @param kind {@value RowKeys#KIND_FIRST_RECORD} to {@value RowKeys#KIND_LAST} */
    public RecordKeyWriter(int kind) {
        if (kind < RowKeys.KIND_FIRST_RECORD || kind > RowKeys.KIND_LAST) {
            throw new IllegalArgumentException("record kind: " + kind + " (expected: " + RowKeys.KIND_FIRST_RECORD
                    + ".." + RowKeys.KIND_LAST + ")");
        }
        this.bytes = new ByteWriter(64).put((byte) kind);
    }

    /**
     * A part that is a number.
     *
     * @param value 0 or more
     */
    public RecordKeyWriter number(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("key part: " + value + " (expected: 0 or more)");
        }
        countPart();
        bytes.put(NUMBER).putLong(value);
        return this;
    }

    /**
     * A part that is a text.
     *
     * @param utf8 0 to {@value #MAX_TEXT_BYTES} bytes
     */
    public RecordKeyWriter text(byte[] utf8) {
        if (utf8.length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException(
                    "key part: " + utf8.length + " bytes (expected: 0.." + MAX_TEXT_BYTES + ")");
        }
        countPart();
        bytes.put(TEXT).put((byte) (utf8.length >>> 8)).put((byte) utf8.length).put(utf8);
        return this;
    }

    private void countPart() {
        if (++parts > MAX_PARTS) {
            throw new IllegalArgumentException("key parts: " + parts + " (expected: 0.." + MAX_PARTS + ")");
        }
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
