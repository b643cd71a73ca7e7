package io.tideline.store.history;

import io.tideline.core.timeline.MessageId;
import java.time.Duration;

/** How far message ids, which are made before their messages get seqs, can be out of the order of seqs. */
final class MessageIdTime {
    /** See {@code LeasedMessageIds}: milliseconds stand above 10 bits of node and 12 of counter. */
    private static final int SHIFT = 22;

    /** Twice the most that clocks of servers may differ plus the longest time from an id to its commit. */
    static final Duration DISORDER = Duration.ofMinutes(2);

    private MessageIdTime() {}

    /** An id that is less than every one made that much before {@code id}, 1 at the least. */
    static long earlier(MessageId id) {
        return Math.max(1, id.value() - (DISORDER.toMillis() << SHIFT));
    }

    static long later(MessageId id) {
        long span = DISORDER.toMillis() << SHIFT;
        return id.value() > Long.MAX_VALUE - span ? Long.MAX_VALUE : id.value() + span;
    }
}
