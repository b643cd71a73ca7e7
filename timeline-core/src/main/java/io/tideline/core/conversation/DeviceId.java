package io.tideline.core.conversation;

import io.tideline.core.timeline.ClientMessageId;

/**
 * One device of a user.
 *
 * @param value 1 to 64 bytes of UTF-8 without control characters
 */
public record DeviceId(String value) {
    public DeviceId {
        new ClientMessageId(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
