package io.tideline.core.store;

import io.tideline.core.timeline.SequenceId;
import java.util.List;

/** What became of a {@link TimelineAppend}: all of it is durable and in order, or nothing was written. */
public sealed interface AppendOutcome {
    /**
     * Durable, visible, ordered.
     *
     * @param receipts one per entry, in the order of the append
     */
    record Appended(List<Receipt> receipts) implements AppendOutcome {
        public Appended {
            receipts = List.copyOf(receipts);
        }
    }

    /**
     * A client message id was used before, by the same sender in the same timeline, with other content. Nothing was
     * written.
     *
     * @param entryIndex which entry of the append, from 0
     * @param existing where the message stands that owns the id
     */
    record Conflict(int entryIndex, SequenceId existing) implements AppendOutcome {}

    /**
     * A guard does not hold. Nothing was written.
     *
     * @param guardIndex which guard of the append, from 0
     * @param version of the record that was asked about, 0 when there is none
     * @param level of that record, 0 when there is none
     */
    record Refused(int guardIndex, long version, int level) implements AppendOutcome {}
}
