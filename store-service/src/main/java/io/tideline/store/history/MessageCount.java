package io.tideline.store.history;

import io.tideline.core.timeline.SequenceId;

/**
 * How much a range holds, from running counts and not from reading it.
 *
 * @param first the first seq counted; {@link SequenceId#NONE} when the range is empty
 * @param last the last seq counted
 * @param entries seqs of the range: messages, events, erased and expired ones
 * @param messages those that count as unread for somebody: messages but no notices; erased and recalled ones included
 * @param exact false when an end of the range lies among expired entries, so that {@code messages} is off by at most those
 *     next to it
 */
public record MessageCount(SequenceId first, SequenceId last, long entries, long messages, boolean exact) {
    static final MessageCount EMPTY = new MessageCount(SequenceId.NONE, SequenceId.NONE, 0, 0, true);
}
