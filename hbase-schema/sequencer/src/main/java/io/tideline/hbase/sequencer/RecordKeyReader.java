package io.tideline.hbase.sequencer;

/** Reads what {@link RecordKeyWriter} wrote, part by part: while there is {@link #hasNext}, ask which, then read it. */
public final class RecordKeyReader {
    private final ByteReader reader;
    private final int kind;

    /**
     * Begins with the kind.
     *
     * @param row a row, or a suffix alone with {@code prefixLength} 0
     * @throws MalformedBatchException when it is no record's
     */
    public RecordKeyReader(byte[] row, int prefixLength) throws MalformedBatchException {
        if (row.length <= prefixLength) {
            throw new MalformedBatchException("record: no kind");
        }
        this.reader = new ByteReader(row, prefixLength, row.length - prefixLength);
        this.kind = reader.read();
        if (kind < RowKeys.KIND_FIRST_RECORD) {
            throw new MalformedBatchException("record: kind " + kind);
        }
    }

    public int kind() {
        return kind;
    }

    public boolean hasNext() {
        return reader.remaining() > 0;
    }

    /** Steps into the next part: a number when true, a text when false. */
    public boolean nextIsNumber() throws MalformedBatchException {
        byte tag = reader.read();
        if (tag != RecordKeyWriter.NUMBER && tag != RecordKeyWriter.TEXT) {
            throw new MalformedBatchException("record: key part of type " + tag);
        }
        return tag == RecordKeyWriter.NUMBER;
    }

    public long readNumber() throws MalformedBatchException {
        long value = reader.readLong();
        if (value < 0) {
            throw new MalformedBatchException("record: key part " + value);
        }
        return value;
    }

    public byte[] readText() throws MalformedBatchException {
        int length = (reader.read() & 0xff) << 8 | reader.read() & 0xff;
        if (length > RecordKeyWriter.MAX_TEXT_BYTES) {
            throw new MalformedBatchException("record: key part of " + length + " bytes");
        }
        return reader.readBytes(length);
    }

    /** Reads a suffix to its end. @throws MalformedBatchException when anything about it is wrong */
    static void check(byte[] suffix) throws MalformedBatchException {
        RecordKeyReader key = new RecordKeyReader(suffix, 0);
        int parts = 0;
        while (key.hasNext()) {
            if (++parts > RecordKeyWriter.MAX_PARTS) {
                throw new MalformedBatchException("record: more than " + RecordKeyWriter.MAX_PARTS + " key parts");
            }
            if (key.nextIsNumber()) {
                key.readNumber();
            } else {
                key.readText();
            }
        }
    }
}
