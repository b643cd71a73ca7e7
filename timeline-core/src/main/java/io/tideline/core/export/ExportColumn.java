package io.tideline.core.export;

import java.util.Objects;

/**
 * A field that lines of an export may have, and a column of the same name elsewhere. Every one may be absent.
 *
 * @param name of the field, unique in a file
 */
public record ExportColumn(String name, Type type) {
    /** What stands in a field. */
    public enum Type {
        TEXT,
        /** A whole number of 64 bits. */
        NUMBER,
        FLAG,
        /** A point in time; in JSON as ISO 8601 in UTC. */
        TIME,
        /** Texts by name; in JSON an object. */
        TEXTS,
        /** Whole numbers by name; in JSON an object. */
        NUMBERS
    }

    public ExportColumn {
        Objects.requireNonNull(type, "type");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: empty (expected: the name of a field)");
        }
    }
}
