package io.tideline.core.timeline;

/**
 * The sender's own name for a message, unique per (timeline, sender) within the deduplication window. A second append with
 * it answers with the first one's seq.
 *
 * @param value 1 to 64 bytes of UTF-8 without control characters
 */
public record ClientMessageId(String value) {
    public static final int MAX_BYTES = 64;

    public ClientMessageId {
        Text.check("client_message_id", value, 1, MAX_BYTES);
    }

    @Override
    public String toString() {
        return value;
    }
}
