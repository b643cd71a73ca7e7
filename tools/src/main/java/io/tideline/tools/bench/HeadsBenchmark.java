package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.CALLERS;
import static io.tideline.tools.bench.BenchSettings.HEADS_PER_CALL;

import io.tideline.tools.bench.Rounds.Side;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.hbase.client.Table;

/** How far many timelines have come, beside a get of as many rows. */
final class HeadsBenchmark implements Benchmark {
    private static final String ID = "B4";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int timelines = context.settings().timelines();
        TidelineLoad tideline = context.tideline();
        PlainHBase plain = context.plain();
        tideline.fill(TidelineLoad.MANY, timelines, 1, context::say);
        plain.fillHeads(timelines);
        plain.flushAll();
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "HBase get of a list",
                                duration -> LoadDriver.callers(CALLERS, duration, caller -> {
                                    Table table = plain.heads();
                                    return random -> plain.getMany(table, timelines, HEADS_PER_CALL, random);
                                })),
                        new Side(
                                "Heads",
                                duration -> LoadDriver.callers(
                                        CALLERS,
                                        duration,
                                        caller -> random -> tideline.heads(
                                                TidelineLoad.MANY, timelines, HEADS_PER_CALL, random)))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return List.of(new BenchResult(
                ID,
                "Heads of " + HEADS_PER_CALL + " timelines, " + CALLERS + " callers : get of as many rows",
                List.of(subject, baseline),
                List.of(Check.ratioAtMost("p99 ms", subject.p99Millis(), baseline.p99Millis(), 1.3)),
                List.of("both tables were flushed before")));
    }
}
