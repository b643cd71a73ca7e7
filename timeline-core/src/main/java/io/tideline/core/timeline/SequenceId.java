package io.tideline.core.timeline;

/**
 * The place of an entry in its timeline: assigned by the server, starts at 1, without a hole. {@link #NONE} (0) is the
 * head of a timeline that holds nothing yet, and a checkpoint of somebody who has read nothing.
 *
 * @param value 0 or more
 */
public record SequenceId(long value) implements Comparable<SequenceId> {
    public static final SequenceId NONE = new SequenceId(0);
    public static final SequenceId FIRST = new SequenceId(1);

    public SequenceId {
        if (value < 0) {
            throw new IllegalArgumentException("seq: " + value + " (expected: 0 or more)");
        }
    }

    public static SequenceId of(long value) {
        return new SequenceId(value);
    }

    /** The seq after this one. @throws ArithmeticException past {@link Long#MAX_VALUE} */
    public SequenceId next() {
        return new SequenceId(Math.addExact(value, 1));
    }

    /** The seq {@code count} further on; negative counts go back and stop at {@link #NONE}. */
    public SequenceId plus(long count) {
        return new SequenceId(Math.max(0, Math.addExact(value, count)));
    }

    public boolean isNone() {
        return value == 0;
    }

    public boolean isAfter(SequenceId other) {
        return value > other.value;
    }

    public SequenceId max(SequenceId other) {
        return value >= other.value ? this : other;
    }

    @Override
    public int compareTo(SequenceId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
