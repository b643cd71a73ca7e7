package io.tideline.core.message;

import io.tideline.core.timeline.MessageId;

/** Gives every message a name that no other message has, or will have, whatever becomes of clocks and processes. */
@FunctionalInterface
public interface MessageIds {
    /**
     * The next id: 41 bits of milliseconds since 2024-01-01, 10 bits of node, 12 bits of counter. Greater than every one
     * that this object gave before.
     *
     * @throws io.tideline.core.error.OverloadedException when none may be given now; come back after a pause
     */
    MessageId next();
}
