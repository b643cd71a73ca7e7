package io.tideline.tools.bench;

import java.util.List;
import java.util.Objects;

/**
 * What a benchmark has found.
 *
 * @param id its name on the command line
 * @param what what is compared, in one line
 * @param measures all sides, the subject first, then the baseline if there is one, then what else was measured; none where
 *     nothing was timed operation by operation
 * @param checks one or more
 * @param notes what a reader should know besides
 */
record BenchResult(String id, String what, List<Measure> measures, List<Check> checks, List<String> notes) {
    BenchResult {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(what, "what");
        measures = List.copyOf(measures);
        checks = List.copyOf(checks);
        notes = List.copyOf(notes);
    }

    long failures() {
        return measures.stream().mapToLong(Measure::failures).sum();
    }

    /** A check counts only when nothing failed: an error that comes quickly must not look like speed. */
    boolean passed(Check check) {
        return check.passed() && failures() == 0;
    }

    boolean passed() {
        return checks.stream().allMatch(this::passed);
    }
}
