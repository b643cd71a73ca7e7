package io.tideline.core.timeline;

/**
 * A range of seqs, both ends included, that was assigned and cannot be read, and why.
 *
 * @param counted the running count at {@code to}, which an erased entry leaves behind, and the last one that has expired;
 *     {@link #UNKNOWN} where nothing says
 */
public record Gap(SequenceId from, SequenceId to, Type type, long counted) {
    /** In place of a running count. */
    public static final long UNKNOWN = -1;

    /** Why seqs are not there. An unexplained hole is no gap but an error. */
    public enum Type {
        /** Dropped by the table's time to live, or by retention. */
        EXPIRED,
        /** Erased for good: what was said is in no tier any more. */
        ERASED,
        /** Of a conversation: from before the user became a member, and not shown to those who come later. */
        NOT_VISIBLE
    }

    public Gap {
        if (from.isNone() || from.isAfter(to)) {
            throw new IllegalArgumentException("gap: " + from + ".." + to + " (expected: 1 <= from <= to)");
        }
        if (counted < UNKNOWN || counted > to.value()) {
            throw new IllegalArgumentException("counted: " + counted + " (expected: -1.." + to + ")");
        }
    }

    /** Without a running count. */
    public Gap(SequenceId from, SequenceId to, Type type) {
        this(from, to, type, UNKNOWN);
    }

    /** Of one entry. */
    public static Gap erased(SequenceId seq, long counted) {
        return new Gap(seq, seq, Type.ERASED, counted);
    }

    /** Whether it says what the running count at its last seq is. */
    public boolean isCounted() {
        return counted != UNKNOWN;
    }
}
