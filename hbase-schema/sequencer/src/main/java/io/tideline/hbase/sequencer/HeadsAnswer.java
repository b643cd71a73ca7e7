package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a region answers to a {@link HeadsQuestion}, as the value of the only cell ({@link SchemaNames#FEED_FAMILY}, {@link
 * SchemaNames#HEADS_QUALIFIER}): {@code version(1)=1 | timelines(varint) | timeline…} in the order of the question. A
 * timeline is {@code state(1)}, 0 for one without a head, 1 for one that is not in this region, or else 2 {@code | head
 * value(sized) | watermarks' value(sized)}, empty for none, or 3, the same and {@code | mark's timestamp(8) | mark's
 * value(sized)}. The values are those of the cells, all of a row of one moment.
 */
public final class HeadsAnswer {
    private static final byte VERSION = 1;

    /** What is known of one timeline. */
    public enum State {
        /** Nobody ever appended to it. */
        NONE(0),
        /** Another region has it. */
        ELSEWHERE(1),
        FOUND(2),
        /** Found, with the reader's mark. */
        MARKED(3);

        private final byte code;

        State(int code) {
            this.code = (byte) code;
        }

        private static State ofCode(byte code) throws MalformedBatchException {
            return switch (code) {
                case 0 -> NONE;
                case 1 -> ELSEWHERE;
                case 2 -> FOUND;
                case 3 -> MARKED;
                default -> throw new MalformedBatchException("heads: state " + code);
            };
        }
    }

    private static final byte[] NOTHING = {};

    /** One timeline's head, as stored. Arrays are not to be changed. */
    public static final class HeadRow {
        private final State state;
        private final byte[] head;
        private final byte[] watermarks;
        private final long markedSeq;
        private final byte[] mark;

        private HeadRow(State state, byte[] head, byte[] watermarks, long markedSeq, byte[] mark) {
            this.state = state;
            this.head = head;
            this.watermarks = watermarks;
            this.markedSeq = markedSeq;
            this.mark = mark;
        }

        static HeadRow without(State state) {
            return new HeadRow(state, NOTHING, NOTHING, 0, NOTHING);
        }

        /**
         * A head that is there.
         *
         * @param watermarks null for none
         * @param mark null for none
         */
        static HeadRow of(byte[] head, byte @Nullable [] watermarks, long markedSeq, byte @Nullable [] mark) {
            return new HeadRow(
                    mark == null ? State.FOUND : State.MARKED,
                    head,
                    watermarks == null ? NOTHING : watermarks,
                    markedSeq,
                    mark == null ? NOTHING : mark);
        }

        public State state() {
            return state;
        }

        /** The value of {@link HeadCell}; empty when there is none. */
        public byte[] head() {
            return head;
        }

        /** The value of {@link WatermarksCell}; empty when there is none. */
        public byte[] watermarks() {
            return watermarks;
        }

        /** The seq that the mark's reader has read last; 0 without a mark. */
        public long markedSeq() {
            return markedSeq;
        }

        /** The value of {@link MarkCell}; empty when there is none. */
        public byte[] mark() {
            return mark;
        }

        private void writeTo(ByteWriter writer) {
            writer.put(state.code);
            if (state == State.FOUND || state == State.MARKED) {
                writer.putSized(head).putSized(watermarks);
            }
            if (state == State.MARKED) {
                writer.putLong(markedSeq).putSized(mark);
            }
        }

        private static HeadRow read(ByteReader reader) throws MalformedBatchException {
            State state = State.ofCode(reader.read());
            if (state != State.FOUND && state != State.MARKED) {
                return without(state);
            }
            byte[] head = reader.readSized();
            byte[] watermarks = reader.readSized();
            return state == State.FOUND
                    ? new HeadRow(state, head, watermarks, 0, NOTHING)
                    : new HeadRow(state, head, watermarks, reader.readLong(), reader.readSized());
        }
    }

    private HeadsAnswer() {}

    static byte[] encode(List<HeadRow> rows) {
        ByteWriter writer = new ByteWriter(8 + 80 * rows.size()).put(VERSION).putVarint(rows.size());
        rows.forEach(row -> row.writeTo(writer));
        return writer.toByteArray();
    }

    /**
     * Reads what a sequencer answered.
     *
     * @throws MalformedBatchException when no sequencer of this version has written these bytes
     */
    public static List<HeadRow> decode(byte[] source, int offset, int length) throws MalformedBatchException {
        ByteReader reader = new ByteReader(source, offset, length);
        byte version = reader.read();
        int count = reader.readVarint();
        if (version != VERSION || count > HeadsQuestion.MAX_TIMELINES) {
            throw new MalformedBatchException("heads: version " + version + ", " + count + " timelines");
        }
        List<HeadRow> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(HeadRow.read(reader));
        }
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("heads: " + reader.remaining() + " bytes too many");
        }
        return rows;
    }
}
