package io.tideline.core.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

    /** The same with others before them; of all together the first {@value #MAX_PROBLEMS}. */
    public ArchiveReport withProblems(List<String> others) {
        if (others.isEmpty()) {
            return this;
        }
        Map<String, Long> counted = new LinkedHashMap<>(figures);
        counted.merge("problems", (long) others.size(), Long::sum);
        return new ArchiveReport(
                counted,
                Stream.concat(others.stream(), problems.stream())
                        .limit(MAX_PROBLEMS)
                        .toList());
    }
}
