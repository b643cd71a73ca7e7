package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.IN_FLIGHT;

import io.tideline.api.v1.TimelineName;
import io.tideline.tools.bench.Rounds.Side;
import java.util.List;
import java.util.Set;

/** One timeline that everybody writes to, beside a counter and a put. */
final class HotTimelineBenchmark implements Benchmark {
    private static final String ID = "B2";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        TidelineLoad tideline = context.tideline();
        TimelineName hot = tideline.timeline("hot", 0);
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "HBase increment, then put",
                                duration -> LoadDriver.inFlight(IN_FLIGHT, duration, (slot, random) -> context.plain()
                                        .incrementThenPut(random))),
                        new Side(
                                "Append",
                                duration -> LoadDriver.inFlight(
                                        IN_FLIGHT, duration, (slot, random) -> tideline.append(hot, random)))));
        Measure baseline = measures.get(0);
        Measure subject = measures.get(1);
        return List.of(new BenchResult(
                ID,
                "Append to one timeline, " + IN_FLIGHT + " in flight : increment, then put",
                List.of(subject, baseline),
                List.of(Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 5.0)),
                List.of()));
    }
}
