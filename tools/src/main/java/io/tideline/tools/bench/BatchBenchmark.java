package io.tideline.tools.bench;

import io.tideline.tools.bench.Rounds.Side;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.hbase.client.Table;

/** One message to each of many timelines in one call, beside one put of as many rows. */
final class BatchBenchmark implements Benchmark {
    private static final String ID = "B3";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int timelines = context.settings().timelines();
        TidelineLoad tideline = context.tideline();
        tideline.fill(TidelineLoad.MANY, timelines, 1, context::say);
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "HBase put of a list",
                                duration -> LoadDriver.callers(1, duration, caller -> {
                                    Table table = context.plain().entries();
                                    return random -> context.plain().putMany(table, timelines, random);
                                })),
                        new Side(
                                "BatchAppend",
                                duration -> LoadDriver.callers(
                                        1,
                                        duration,
                                        caller -> random -> tideline.batch(TidelineLoad.MANY, timelines, random)))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return List.of(new BenchResult(
                ID,
                String.format("BatchAppend to %,d timelines : put of as many rows", timelines),
                List.of(subject, baseline),
                List.of(Check.ratioAtMost("p50 ms", subject.p50Millis(), baseline.p50Millis(), 1.5)),
                List.of("one call at a time; building the request counts on both sides")));
    }
}
