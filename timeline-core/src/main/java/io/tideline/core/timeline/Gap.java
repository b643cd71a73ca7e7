package io.tideline.core.timeline;

/** A range of seqs, both ends included, that was assigned and cannot be read, and why. */
public record Gap(SequenceId from, SequenceId to, Type type) {
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
    }
}
