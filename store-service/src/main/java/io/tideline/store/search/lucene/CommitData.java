package io.tideline.store.search.lucene;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a commit says about itself.
 *
 * @param remains whether something that was erased may still be written in a file
 */
record CommitData(boolean remains) {
    /** Goes up when documents change their shape: then an index is made anew. */
    static final String FORMAT = "1";

    private static final String FORMAT_KEY = "tideline.format";
    private static final String REMAINS_KEY = "tideline.remains";

    Map<String, String> write() {
        return Map.of(FORMAT_KEY, FORMAT, REMAINS_KEY, Boolean.toString(remains));
    }

    static CommitData read(@Nullable Iterable<Map.Entry<String, String>> data) {
        return new CommitData(Boolean.parseBoolean(map(data).get(REMAINS_KEY)));
    }

    /** Whether this version has written it. */
    static boolean isOurs(@Nullable Iterable<Map.Entry<String, String>> data) {
        return FORMAT.equals(map(data).get(FORMAT_KEY));
    }

    private static Map<String, String> map(@Nullable Iterable<Map.Entry<String, String>> data) {
        Map<String, String> map = new HashMap<>();
        if (data != null) {
            data.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        }
        return map;
    }
}
