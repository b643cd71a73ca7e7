package io.tideline.tools.output;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record to print: names and values in the order in which they are shown. Values are strings, numbers, booleans,
 * instants, maps or lists of these; an absent value is left out of JSON and empty in a table.
 */
public final class Fields {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Sets {@code name}; nothing when {@code value} is null. */
    public Fields put(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** All of them, in order; cannot be written through. */
    public Map<String, Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    /** The value for a table's cell, empty when absent. */
    String cell(String name) {
        Object value = values.get(name);
        return value == null ? "" : Cells.visible(String.valueOf(value));
    }
}
