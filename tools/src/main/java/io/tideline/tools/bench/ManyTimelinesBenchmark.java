package io.tideline.tools.bench;

import io.tideline.tools.bench.Rounds.Side;
import java.util.List;
import java.util.Set;

/** Whether appends stay quick when there are very many timelines. */
final class ManyTimelinesBenchmark implements Benchmark {
    private static final String ID = "B7";

    /** The same group as the other benchmarks': its first timelines are the few, all of them the many. */
    private static final String GROUP = TidelineLoad.MANY;

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int few = context.settings().timelines();
        int many = context.settings().manyTimelines();
        context.tideline().fill(GROUP, Math.max(few, many), 1, context::say);
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                String.format("Append, %,d timelines", few),
                                duration -> AppendBenchmark.unary(context, GROUP, few, duration)),
                        new Side(
                                String.format("Append, %,d timelines", many),
                                duration -> AppendBenchmark.unary(context, GROUP, many, duration))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return List.of(new BenchResult(
                ID,
                String.format("Append to %,d timelines : to %,d", many, few),
                List.of(subject, baseline),
                List.of(Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 0.8)),
                List.of()));
    }
}
