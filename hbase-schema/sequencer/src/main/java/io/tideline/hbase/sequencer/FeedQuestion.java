package io.tideline.hbase.sequencer;

/**
 * The value of a {@code Get}'s attribute {@link SchemaNames#FEED_ATTRIBUTE}: {@code epoch(8) | from(8)}. The row of the
 * Get says which region is asked, and nothing else.
 *
 * @param epoch of the last answer, or {@link #NO_EPOCH}
 * @param from the next index of the last answer
 */
public record FeedQuestion(long epoch, long from) {
    /** No region ever has this one: asks where the feed stands, without any changes. */
    public static final long NO_EPOCH = 0;

    public static final FeedQuestion FIRST = new FeedQuestion(NO_EPOCH, 0);

    private static final int BYTES = 16;

    public byte[] encode() {
        return new ByteWriter(BYTES).putLong(epoch).putLong(from).toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedBatchException when the bytes are no question
     */
    public static FeedQuestion decode(byte[] value) throws MalformedBatchException {
        if (value.length != BYTES) {
            throw new MalformedBatchException("feed question: " + value.length + " bytes");
        }
        ByteReader reader = new ByteReader(value);
        return new FeedQuestion(reader.readLong(), reader.readLong());
    }
}
