package io.tideline.core.store;

import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import java.time.Instant;

/**
 * What became of one appended entry.
 *
 * @param messageId the entry's; of a repeat, that of the first commit
 * @param counted the running count of the entry; of a repeat, that of the first commit
 * @param repeated true when this entry had been committed before; seq and time are then those of the first commit
 */
public record Receipt(SequenceId seq, Instant serverTime, boolean repeated, MessageId messageId, long counted) {
    /** What {@code entry}, which this is the receipt of, has become. */
    public Entry committed(NewEntry entry) {
        return new Entry(
                seq,
                messageId,
                entry.sender(),
                entry.clientMessageId(),
                entry.kind(),
                entry.payload(),
                serverTime,
                counted);
    }
}
