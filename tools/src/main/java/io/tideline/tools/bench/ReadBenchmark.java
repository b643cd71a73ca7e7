package io.tideline.tools.bench;

import static io.tideline.tools.bench.BenchSettings.CALLERS;
import static io.tideline.tools.bench.BenchSettings.PAGE;

import io.tideline.tools.bench.Rounds.Side;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.hbase.client.Table;

/** The page after a checkpoint, beside a scan of as many rows. */
final class ReadBenchmark implements Benchmark {
    private static final String ID = "B5";
    private static final String GROUP = "history";

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        BenchSettings settings = context.settings();
        context.tideline().fill(GROUP, settings.historyTimelines(), settings.historyEntries(), context::say);
        context.plain().fillHistory(settings.historyTimelines(), settings.historyEntries());
        context.plain().flushAll();
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side("HBase scan", duration -> scans(context, duration)),
                        new Side("Read", duration -> reads(context, duration))));
        Measure baseline = measures.get(0).times(PAGE);
        Measure subject = measures.get(1).times(PAGE);
        return List.of(new BenchResult(
                ID,
                "Read of " + PAGE + " entries, " + CALLERS + " callers : scan of as many rows",
                List.of(subject, baseline),
                List.of(Check.ratioAtLeast("msgs/s", subject.perSecond(), baseline.perSecond(), 0.7)),
                List.of(String.format(
                        "%,d timelines of %,d entries; both tables were flushed before",
                        settings.historyTimelines(), settings.historyEntries()))));
    }

    private static Phase scans(BenchContext context, Duration duration) {
        BenchSettings settings = context.settings();
        int checkpoints = settings.historyEntries() - PAGE + 1;
        return LoadDriver.callers(CALLERS, duration, caller -> {
            Table table = context.plain().entries();
            return random -> context.plain()
                    .page(table, random.nextInt(settings.historyTimelines()), random.nextInt(checkpoints), PAGE);
        });
    }

    private static Phase reads(BenchContext context, Duration duration) {
        BenchSettings settings = context.settings();
        TidelineLoad tideline = context.tideline();
        int checkpoints = settings.historyEntries() - PAGE + 1;
        return LoadDriver.callers(
                CALLERS,
                duration,
                caller -> random -> tideline.page(
                        tideline.timeline(GROUP, random.nextInt(settings.historyTimelines())),
                        random.nextInt(checkpoints),
                        PAGE));
    }
}
