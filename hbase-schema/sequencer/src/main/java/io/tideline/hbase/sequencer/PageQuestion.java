package io.tideline.hbase.sequencer;

/**
 * The value of a {@code Get}'s attribute {@link SchemaNames#PAGE_ATTRIBUTE}, which asks for a range of one timeline's
 * entries: {@code version(1)=1 | to(8) | rows(varint) | bytes(varint)}. The row of the Get is that of the first entry wanted.
 *
 * @param to the last seq wanted, 0 for as far as there is
 * @param rows the most entries wanted, 1 or more
 * @param bytes of payloads after which the answer may end, 1 or more
 */
public record PageQuestion(long to, int rows, int bytes) {
    private static final byte VERSION = 1;
    private static final int BYTES = 19;

    public byte[] encode() {
        return new ByteWriter(BYTES)
                .put(VERSION)
                .putLong(to)
                .putVarint(rows)
                .putVarint(bytes)
                .toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no question
     */
    public static PageQuestion decode(byte[] value) throws MalformedBatchException {
        ByteReader reader = new ByteReader(value);
        byte version = reader.read();
        if (version != VERSION) {
            throw new MalformedBatchException("page: version " + version);
        }
        PageQuestion question = new PageQuestion(reader.readLong(), reader.readVarint(), reader.readVarint());
        if (question.to < 0 || question.rows < 1 || question.bytes < 1 || reader.remaining() != 0) {
            throw new MalformedBatchException("page: to " + question.to + ", " + question.rows + " rows, "
                    + question.bytes + " bytes, " + reader.remaining() + " bytes too many");
        }
        return question;
    }
}
