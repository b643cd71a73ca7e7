package io.tideline.core.timeline;

/**
 * What a payload is (text, image, custom.order …): data to Tideline, empty when nobody said.
 *
 * @param value 0 to 64 bytes of UTF-8 without control characters
 */
public record MessageKind(String value) {
    public static final int MAX_BYTES = 64;

    public MessageKind {
        Text.check("kind", value, 0, MAX_BYTES);
    }

    @Override
    public String toString() {
        return value;
    }
}
