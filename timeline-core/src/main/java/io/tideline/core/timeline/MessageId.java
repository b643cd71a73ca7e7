package io.tideline.core.timeline;

/**
 * The server's own name for a message: unique over all apps, roughly in the order of time. {@link #NONE} (0) stands on
 * entries that were appended to a timeline directly, without a message service.
 *
 * @param value 0 or more
 */
public record MessageId(long value) {
    public static final MessageId NONE = new MessageId(0);

    public MessageId {
        if (value < 0) {
            throw new IllegalArgumentException("message_id: " + value + " (expected: 0 or more)");
        }
    }

    public static MessageId of(long value) {
        return new MessageId(value);
    }

    public boolean isNone() {
        return value == 0;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
