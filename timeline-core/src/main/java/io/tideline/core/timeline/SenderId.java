package io.tideline.core.timeline;

/**
 * Who wrote an entry. Together with the {@link ClientMessageId} it makes an append repeatable.
 *
 * @param value 1 to 128 bytes of UTF-8 without control characters
 */
public record SenderId(String value) {
    public static final int MAX_BYTES = 128;

    public SenderId {
        Text.check("sender", value, 1, MAX_BYTES);
    }

    @Override
    public String toString() {
        return value;
    }
}
