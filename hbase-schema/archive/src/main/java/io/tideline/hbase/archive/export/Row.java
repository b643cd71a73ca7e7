package io.tideline.hbase.archive.export;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line by its columns.
 *
 * @param values in the order of the columns: a string, a long, a boolean, or a map of strings or longs by name; null where
 *     the line has no such field
 */
record Row(List<@Nullable Object> values) {
    Row {
        values = Collections.unmodifiableList(values);
    }
}
