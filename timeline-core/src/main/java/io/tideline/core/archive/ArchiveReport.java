package io.tideline.core.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a task has done, or would do.
 *
 * @param figures by name, {@code entries}, {@code files}, {@code bytes} and others, in the order to show them in
 * @param problems what was found wrong, without content of users, the first {@value #MAX_PROBLEMS}
 */
public record ArchiveReport(Map<String, Long> figures, List<String> problems) {
    public static final int MAX_PROBLEMS = 100;

    public ArchiveReport {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        problems = List.copyOf(problems);
    }
}
