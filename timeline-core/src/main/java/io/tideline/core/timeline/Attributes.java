package io.tideline.core.timeline;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Free attributes of a timeline, sorted by name.
 *
 * @param values at most {@value #MAX_COUNT}; names 1 to {@value #MAX_NAME_BYTES} bytes, values 0 to
 *     {@value #MAX_VALUE_BYTES} bytes of UTF-8, both without control characters
 * @param version 0 when never set, one more with every change
 */
public record Attributes(Map<String, String> values, long version) {
    public static final int MAX_COUNT = 64;
    public static final int MAX_NAME_BYTES = 128;
    public static final int MAX_VALUE_BYTES = 4096;
    public static final Attributes NONE = new Attributes(Map.of(), 0);

    public Attributes {
        if (values.size() > MAX_COUNT) {
            throw new IllegalArgumentException("attributes: " + values.size() + " (expected: 0.." + MAX_COUNT + ")");
        }
        if (version < 0) {
            throw new IllegalArgumentException("version: " + version + " (expected: 0 or more)");
        }
        values.forEach((name, value) -> {
            Text.check("attribute name", name, 1, MAX_NAME_BYTES);
            Text.check("attribute " + name, value, 0, MAX_VALUE_BYTES);
        });
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }
}
