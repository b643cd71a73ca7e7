package io.tideline.hbase.sequencer;

/**
 * What a region answers to a {@link PageQuestion}, as the value of the only cell ({@link SchemaNames#FEED_FAMILY}, {@link
 * SchemaNames#PAGE_QUALIFIER}): {@code version(1)=1 | (seq(8) | value of the entry's cell(sized))…}, ascending, and a seq of
 * 0 at the end when it ends for its size alone.
 */
public final class PageAnswer {
    private static final byte VERSION = 1;
    /** A message of usual size: an answer that has room from the beginning is not copied as it grows. */
    private static final int EXPECTED_BYTES = 400;

    private static final int MOST_EXPECTED = 128;
    /** No answer goes on when it has reached so many bytes. */
    static final int MAX_BYTES = 2 * 1024 * 1024;

    /** What is done with each entry, in their order. */
    public interface Sink {
        /** The value of the entry's cell; the array holds other things, too, and is not to be changed. */
        void accept(long seq, byte[] source, int offset, int length) throws MalformedBatchException;
    }

    private PageAnswer() {}

    /** For the entries, to be written by {@link #add}. */
    static ByteWriter writer(int rows) {
        return new ByteWriter(Math.min(rows, MOST_EXPECTED) * EXPECTED_BYTES).put(VERSION);
    }

    static void add(ByteWriter answer, long seq, byte[] source, int offset, int length) {
        answer.putLong(seq).putVarint(length).put(source, offset, length);
    }

    static void addMore(ByteWriter answer) {
        answer.putLong(0);
    }

    /**
     * Reads what a sequencer answered.
     *
     * @return whether there may be more, left out for size alone
     * @throws MalformedBatchException when no sequencer of this version has written these bytes
     */
    public static boolean decode(byte[] source, int offset, int length, Sink sink) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte version = reader.read();
        if (version != VERSION) {
            throw new MalformedBatchException("page: version " + version);
        }
        long last = 0;
        while (reader.remaining() > 0) {
            long seq = reader.readLong();
            if (seq == 0 && reader.remaining() == 0) {
                return true;
            }
            if (seq <= last) {
                throw new MalformedBatchException("page: seq " + seq + " after " + last);
            }
            int bytes = reader.readVarint();
            sink.accept(seq, source, reader.skip(bytes), bytes);
            last = seq;
        }
        return false;
    }
}
