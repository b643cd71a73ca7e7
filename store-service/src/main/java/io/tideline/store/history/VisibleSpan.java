package io.tideline.store.history;

import io.tideline.core.timeline.SequenceId;

/**
 * The seqs of a conversation that somebody may see.
 *
 * @param last {@link SequenceId#NONE}, or less than {@code first}, when there are none
 * @param counted the running count at {@code last}, -1 when that has to be read
 */
record VisibleSpan(SequenceId first, SequenceId last, long counted) {
    static final VisibleSpan EMPTY = new VisibleSpan(SequenceId.FIRST, SequenceId.NONE, 0);

    boolean isEmpty() {
        return first.isAfter(last);
    }

    /** The part of it from {@code from} to {@code to}; a {@code to} of none is no bound. */
    VisibleSpan within(SequenceId from, SequenceId to) {
        return between(from, to.isNone() || to.isAfter(last) ? last : to);
    }

    VisibleSpan between(SequenceId from, SequenceId to) {
        return new VisibleSpan(first.max(from), to, to.equals(last) ? counted : -1);
    }
}
