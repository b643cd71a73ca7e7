package io.tideline.core.message;

import io.tideline.core.record.TimelineRecord;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import java.util.Optional;

/**
 * Reads the values of a messaging service out of entries and records. A record that cannot be decoded is a {@link
 * io.tideline.core.error.CorruptDataException}; an entry is not, since others may have appended it.
 */
public interface MessageDecoder {
    /** The event that the entry is; empty when it is a message, as everything is that is no known event. */
    Optional<ConversationEvent> event(Entry entry);

    /** The content of a personal timeline's entry that is no event; of one that follows nothing, its payload. */
    PersonalMessage personal(Entry entry);

    /** The value of a {@code CHANGE} record. */
    MessageChange change(TimelineRecord record);

    /** The value of a {@code REACTION} record. */
    Reaction reaction(TimelineRecord record);

    /** The message that a record of kind {@code CHANGE}, {@code REACTION} or {@code DISCOUNT} is about. */
    static SequenceId target(TimelineRecord record) {
        return SequenceId.of(record.key().number(0));
    }
}
