package io.tideline.core.record;

/** One part of a record's key. Numbers sort by value, texts in no promised order; no text can reach into another's. */
public sealed interface KeyPart {
    /**
     * A name.
     *
     * @param value 0 to 512 bytes of UTF-8
     */
    record Text(String value) implements KeyPart {}

    /**
     * A number.
     *
     * @param value 0 or more
     */
    record Ordinal(long value) implements KeyPart {
        public Ordinal {
            if (value < 0) {
                throw new IllegalArgumentException("key part: " + value + " (expected: 0 or more)");
            }
        }
    }

    static KeyPart of(String text) {
        return new Text(text);
    }

    static KeyPart of(long number) {
        return new Ordinal(number);
    }
}
