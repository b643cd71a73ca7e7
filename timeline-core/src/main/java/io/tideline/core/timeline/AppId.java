package io.tideline.core.timeline;

/**
 * A product team's tenant. Every other id lives inside one app.
 *
 * @param value 1 to 64 bytes of UTF-8 without control characters
 */
public record AppId(String value) {
    public static final int MAX_BYTES = 64;

    public AppId {
        Text.check("app", value, 1, MAX_BYTES);
    }

    @Override
    public String toString() {
        return value;
    }
}
