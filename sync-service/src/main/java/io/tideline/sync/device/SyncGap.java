package io.tideline.sync.device;

import io.tideline.core.timeline.SequenceId;

/**
 * Seqs of a delivered range that bring nothing, both ends included. A recalled or deleted message is no gap: it is
 * there and says so.
 */
public record SyncGap(SequenceId from, SequenceId to, Type type) {
    /** Why there is nothing. */
    public enum Type {
        /** Dropped by the table's time to live. */
        EXPIRED,
        /** Erased for good. */
        ERASED,
        /** From before the user joined. */
        NOT_FOR_YOU,
        /** There, and not part of a first sync: history has it. */
        ON_DEMAND
    }
}
