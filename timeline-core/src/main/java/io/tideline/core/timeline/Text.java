package io.tideline.core.timeline;

/** The one rule for ids and names: well-formed Unicode without control characters, bounded in UTF-8 bytes. */
final class Text {
    private Text() {}

    /**
     * Returns {@code value} when it is acceptable.
     *
     * @throws IllegalArgumentException when it is empty though {@code minBytes > 0}, too long, holds a control
     *     character or an unpaired surrogate
     */
    static String check(String field, String value, int minBytes, int maxBytes) {
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(
                        field + ": control character U+%04X at index %d (expected: none)".formatted((int) c, i));
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(field + ": unpaired surrogate at index " + i + " (expected: none)");
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        if (bytes < minBytes || bytes > maxBytes) {
            throw new IllegalArgumentException(
                    field + ": " + bytes + " bytes of UTF-8 (expected: " + minBytes + ".." + maxBytes + ")");
        }
        return value;
    }
}
