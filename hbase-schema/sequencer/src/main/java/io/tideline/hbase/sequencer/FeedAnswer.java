package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.List;

/**
 * What a region answers to a {@link FeedQuestion}, as the value of the only cell ({@link SchemaNames#FEED_FAMILY}):
 * {@code version(1)=1 | epoch(8) | next(8) | flags(1) | changes(varint) | (prefix(sized) | last seq(8))…}; flag 1 is
 * reset, flag 2 is more.
 *
 * @param epoch of this opening of the region; to be sent with the next question
 * @param next to be sent with the next question
 * @param reset the question's epoch is another, or what it asks for has been overwritten: any timeline of the region may
 *     have moved. There are no changes then
 * @param more there are more changes, to be asked for at once
 * @param changes timelines that have moved, oldest first; one may be there several times
 */
public record FeedAnswer(long epoch, long next, boolean reset, boolean more, List<TimelineChange> changes) {
    /** The most changes that one answer may have. */
    public static final int MAX_CHANGES = 4_096;

    private static final byte VERSION = 1;
    private static final int RESET = 1;
    private static final int MORE = 2;

    public FeedAnswer {
        changes = List.copyOf(changes);
    }

    /** A timeline has come at least as far as {@code last}. */
    public static final class TimelineChange {
        private final byte[] prefix;
        private final long last;

        /** @param prefix a well-formed one, of its own array that nobody changes */
        TimelineChange(byte[] prefix, long last) {
            this.prefix = prefix;
            this.last = last;
        }

        /** What all rows of the timeline begin with: well-formed. Not to be changed. */
        public byte[] prefix() {
            return prefix;
        }

        public long last() {
            return last;
        }
    }

    byte[] encode() {
        ByteWriter writer = new ByteWriter(32 + 64 * changes.size())
                .put(VERSION)
                .putLong(epoch)
                .putLong(next)
                .put((byte) ((reset ? RESET : 0) | (more ? MORE : 0)))
                .putVarint(changes.size());
        for (TimelineChange change : changes) {
            writer.putSized(change.prefix()).putLong(change.last());
        }
        return writer.toByteArray();
    }

    /**
     * Reads what a sequencer answered.
     *
     * @throws MalformedBatchException when no sequencer of this version has written these bytes
     */
    public static FeedAnswer decode(byte[] source, int offset, int length) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte version = reader.read();
        if (version != VERSION) {
            throw new MalformedBatchException("feed: version " + version);
        }
        long epoch = reader.readLong();
        long next = reader.readLong();
        int flags = reader.read();
        int count = reader.readVarint();
        if (flags < 0 || flags > (RESET | MORE) || count > MAX_CHANGES) {
            throw new MalformedBatchException("feed: flags " + flags + ", " + count + " changes");
        }
        List<TimelineChange> changes = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            byte[] prefix = reader.readSized();
            if (RowKeys.prefixLength(prefix) != prefix.length) {
                throw new MalformedBatchException("feed: prefix with bytes too many");
            }
            changes.add(new TimelineChange(prefix, reader.readLong()));
        }
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("feed: " + reader.remaining() + " bytes too many");
        }
        return new FeedAnswer(epoch, next, (flags & RESET) != 0, (flags & MORE) != 0, changes);
    }
}
