package io.tideline.tools.bench;

import java.util.List;
import java.util.Set;

/** One group of comparisons that share their baseline. */
interface Benchmark {
    /** The names that {@code --only} knows, in the order in which they are reported. */
    List<String> ids();

    /**
     * Prepares data, warms up, measures in rounds. Blocks for a while.
     *
     * @param wanted those of {@link #ids} to measure, 1 or more
     */
    List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception;
}
