package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.IN_FLIGHT;
import static io.tideline.tools.bench.BenchSettings.IN_FLIGHT_PER_STREAM;
import static io.tideline.tools.bench.BenchSettings.STREAMS;

import io.tideline.client.AppendStream;
import io.tideline.tools.bench.Rounds.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.client.Table;

/** Single appends over many timelines, by calls and by streams, beside single puts without a sequence. */
final class AppendBenchmark implements Benchmark {
    static final String UNARY = "B1";
    static final String STREAM = "B1s";

    @Override
    public List<String> ids() {
        return List.of(UNARY, STREAM);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int timelines = context.settings().timelines();
        context.tideline().fill(TidelineLoad.MANY, timelines, 1, context::say);
        List<Side> sides = new ArrayList<>();
        sides.add(new Side("HBase put, async", duration -> putsAsync(context, duration)));
        sides.add(new Side("HBase put, " + IN_FLIGHT + " threads", duration -> putsByThreads(context, duration)));
        if (wanted.contains(UNARY)) {
            sides.add(new Side("Append", duration -> unary(context, TidelineLoad.MANY, timelines, duration)));
        }
        if (wanted.contains(STREAM)) {
            sides.add(new Side("AppendStream", duration -> streams(context, timelines, duration)));
        }
        List<Measure> measures = context.rounds().run(sides);
        List<BenchResult> results = new ArrayList<>();
        if (wanted.contains(UNARY)) {
            Measure unary = measures.get(2);
            context.unaryPerSecond(unary.perSecond());
            results.add(unaryResult(timelines, unary, measures));
        }
        if (wanted.contains(STREAM)) {
            results.add(streamResult(timelines, measures.get(measures.size() - 1), measures));
        }
        return results;
    }

    private static BenchResult unaryResult(int timelines, Measure subject, List<Measure> measures) {
        Measure baseline = Measure.faster(measures.get(0), measures.get(1));
        return new BenchResult(
                UNARY,
                String.format("Append to %,d timelines, %d in flight : single puts", timelines, IN_FLIGHT),
                withOther(subject, baseline, measures),
                List.of(
                        Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 1.0),
                        Check.ratioAtMost("p99 ms", subject.p99Millis(), baseline.p99Millis(), 1.5)),
                List.of());
    }

    private static BenchResult streamResult(int timelines, Measure subject, List<Measure> measures) {
        Measure baseline = Measure.faster(measures.get(0), measures.get(1));
        return new BenchResult(
                STREAM,
                String.format(
                        "AppendStream to %,d timelines, %d streams : single puts, %d in flight",
                        timelines, STREAMS, IN_FLIGHT),
                withOther(subject, baseline, measures),
                List.of(Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 1.5)),
                List.of(IN_FLIGHT_PER_STREAM + " entries in flight on each stream"));
    }

    private static List<Measure> withOther(Measure subject, Measure baseline, List<Measure> measures) {
        Measure other = baseline.equals(measures.get(0)) ? measures.get(1) : measures.get(0);
        return List.of(subject, baseline, other);
    }

    private static Phase putsAsync(BenchContext context, Duration duration) {
        return LoadDriver.inFlight(
                IN_FLIGHT, duration, (slot, random) -> context.plain().putAsync(random));
    }

    private static Phase putsByThreads(BenchContext context, Duration duration) {
        return LoadDriver.callers(IN_FLIGHT, duration, caller -> {
            Table table = context.plain().entries();
            return random -> context.plain().put(table, random);
        });
    }

    /** Also what appends to other groups of timelines are measured with. */
    static Phase unary(BenchContext context, String group, int timelines, Duration duration) {
        TidelineLoad tideline = context.tideline();
        return LoadDriver.inFlight(
                IN_FLIGHT,
                duration,
                (slot, random) -> tideline.append(tideline.timeline(group, random.nextInt(timelines)), random));
    }

    private static Phase streams(BenchContext context, int timelines, Duration duration) {
        TidelineLoad tideline = context.tideline();
        List<AppendStream> streams = Stream.generate(() -> tideline.client().openAppendStream(IN_FLIGHT_PER_STREAM))
                .limit(STREAMS)
                .toList();
        try {
            return LoadDriver.inFlight(
                    STREAMS * IN_FLIGHT_PER_STREAM,
                    duration,
                    (slot, random) -> tideline.append(
                            streams.get(slot % STREAMS),
                            tideline.timeline(TidelineLoad.MANY, random.nextInt(timelines)),
                            random));
        } finally {
            streams.forEach(AppendStream::close);
        }
    }
}
