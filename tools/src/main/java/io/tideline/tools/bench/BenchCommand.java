package io.tideline.tools.bench;

import io.tideline.tools.bench.BenchProcesses.Arrangement;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures Tideline beside a plain HBase client, in turns with it, and says what meets its target. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Tideline beside a plain HBase client, in the same run and on the same HBase.",
        footer = {
            "  tideline bench --quick",
            "  tideline bench --only B1,B2 --json target/bench.json",
            "  tideline bench --only T6 --quick",
            "  tideline bench --only T1,T2,T3 --chat chat.jsonl.gz"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int PASSED = 0;
    private static final int MISSED = 1;

    private static final TierBenchmark TIERS = new TierBenchmark();
    private static final MoveBenchmark MOVES = new MoveBenchmark();

    private static final List<Benchmark> BENCHMARKS = List.of(
            new AppendBenchmark(),
            new HotTimelineBenchmark(),
            new BatchBenchmark(),
            new HeadsBenchmark(),
            new ReadBenchmark(),
            new WatchBenchmark(),
            new ManyTimelinesBenchmark(),
            new GroupSendBenchmark(),
            new FanoutBenchmark(),
            new DeviceBenchmark(),
            new PushBenchmark(),
            new SearchBenchmark(),
            TIERS,
            MOVES);

    /** They want an index kept or the machine to themselves for minutes, so they are measured only when they are named. */
    private static final Set<String> ONLY_WHEN_NAMED = Stream.concat(
                    Stream.of(SearchBenchmark.ID, MoveBenchmark.ID), TierBenchmark.IDS.stream())
            .collect(Collectors.toUnmodifiableSet());

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "B1, B1s, B2 to B7, M1 to M6, T1 to T4, T6 (default: all but T).")
    private List<String> only = List.of();

    @Option(names = "--seconds", paramLabel = "N", description = "Of each side in each round (default: 8).")
    private @Nullable Integer seconds;

    @Option(names = "--rounds", paramLabel = "N", description = "How often the sides take turns (default: 5).")
    private @Nullable Integer rounds;

    @Option(names = "--warmup", paramLabel = "N", description = "Seconds of warm-up for each side (default: 10).")
    private @Nullable Integer warmUp;

    @Option(names = "--timelines", paramLabel = "N", description = "The many timelines of B7 (default: 1,000,000).")
    private @Nullable Integer manyTimelines;

    @Option(names = "--messages", paramLabel = "N", description = "Of T1 to T4 and T6 (default: 1,000,000).")
    private @Nullable Integer messages;

    @Option(
            names = "--chat",
            paramLabel = "FILE",
            description = "Whose messages T1 to T4 take (default: made-up ones).")
    private @Nullable Path chatLog;

    @Option(names = "--quick", description = "Short phases and little data: to see that it works, not to quote.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results, with all versions and flags.")
    private @Nullable Path json;

    @Option(names = "--hbase-quorum", paramLabel = "HOST:PORT", description = "Uses a running HBase (its ZooKeeper).")
    private @Nullable String hbase;

    @Option(names = "--server", paramLabel = "HOST:PORT", description = "Uses a running server on that HBase.")
    private @Nullable String server;

    @Option(names = "--namespace", defaultValue = "tideline", description = "Of Tideline's tables in that HBase.")
    private String namespace = "tideline";

    @Option(names = "--channels", defaultValue = "2", description = "Connections of the client (default: 2).")
    private int channels = 2;

    @Option(names = "--hbase-heap", defaultValue = "4g", description = "Heap of HBase (default: 4g).")
    private String hbaseHeap = "4g";

    @Option(names = "--server-heap", defaultValue = "1g", description = "Heap of the server (default: 1g).")
    private String serverHeap = "1g";

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "For data and logs, which stay (default: a temporary one, which does not).")
    private @Nullable Path directory;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Set<String> wanted = wanted();
        BenchSettings settings = settings();
        TIERS.chatLog(chatLog);
        MOVES.chatLog(chatLog);
        PrintWriter progress = spec.commandLine().getErr();
        if (!Environment.compilesFully()) {
            progress.println("warning: this JVM compiles with C1 only; the load generator will be the slow part");
        }
        if (Environment.isBusy()) {
            progress.println("warning: this machine is busy with something else; the figures will say so too");
        }
        progress.flush();
        Path kept = directory;
        Path work = kept == null
                ? Files.createTempDirectory("tideline-bench")
                : Files.createDirectories(kept).toAbsolutePath();
        try (BenchProcesses processes = BenchProcesses.start(arrangement(work, wanted), line -> say(progress, line))) {
            BenchReport report = measure(processes, settings, wanted, progress);
            report.printTable(spec.commandLine().getOut());
            if (json != null) {
                report.writeJson(json);
            }
            return report.passed() ? PASSED : MISSED;
        }
    }

    private BenchReport measure(
            BenchProcesses processes, BenchSettings settings, Set<String> wanted, PrintWriter progress)
            throws Exception {
        Instant date = Instant.now();
        Payloads payloads = new Payloads(BenchSettings.PAYLOAD_BYTES);
        String app = "bench-" + Long.toString(date.toEpochMilli(), Character.MAX_RADIX);
        try (TidelineLoad tideline = new TidelineLoad(processes.server(), channels, app, payloads)) {
            String version = TidelineLoad.await(tideline.client().operator().serverInfo())
                    .getVersion();
            try (PlainHBase plain = PlainHBase.open(processes.hbase(), namespace, payloads)) {
                BenchContext context = new BenchContext(
                        settings,
                        tideline,
                        payloads,
                        plain,
                        processes.cpu(),
                        progress,
                        processes.hbase(),
                        processes.hbaseDirectory());
                List<BenchResult> results = results(context, wanted);
                return new BenchReport(Environment.of(processes.flags(), version, date), settings, results);
            }
        }
    }

    private static List<BenchResult> results(BenchContext context, Set<String> wanted) throws Exception {
        List<BenchResult> results = new ArrayList<>();
        for (Benchmark benchmark : BENCHMARKS) {
            Set<String> of = new LinkedHashSet<>(benchmark.ids());
            of.retainAll(wanted);
            if (!of.isEmpty()) {
                context.say(String.join(", ", of));
                results.addAll(benchmark.run(context, of));
            }
        }
        return results;
    }

    private Set<String> wanted() {
        List<String> known = BENCHMARKS.stream()
                .flatMap(benchmark -> benchmark.ids().stream())
                .toList();
        if (only.isEmpty()) {
            Set<String> usual = new LinkedHashSet<>(known);
            usual.removeAll(ONLY_WHEN_NAMED);
            return usual;
        }
        Set<String> wanted = new LinkedHashSet<>();
        for (String name : only) {
            wanted.add(known.stream()
                    .filter(name.strip()::equalsIgnoreCase)
                    .findFirst()
                    .orElseThrow(() -> wrong("--only: '" + name + "' (expected: " + String.join(", ", known) + ")")));
        }
        return wanted;
    }

    private BenchSettings settings() {
        BenchSettings base = quick ? BenchSettings.quick() : BenchSettings.full();
        try {
            return new BenchSettings(
                    warmUp == null ? base.warmUp() : Duration.ofSeconds(warmUp),
                    seconds == null ? base.phase() : Duration.ofSeconds(seconds),
                    rounds == null ? base.rounds() : rounds,
                    base.timelines(),
                    manyTimelines == null ? base.manyTimelines() : manyTimelines,
                    base.historyTimelines(),
                    base.historyEntries(),
                    base.watchers(),
                    base.groupMembers(),
                    base.conversationsEach(),
                    base.groupDevices(),
                    base.roomDevices(),
                    messages == null ? base.searchMessages() : messages);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Arrangement arrangement(Path work, Set<String> wanted) {
        boolean search = wanted.contains(SearchBenchmark.ID);
        try {
            return new Arrangement(work, directory != null, hbase, server, hbaseHeap, serverHeap, search);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void say(PrintWriter progress, String line) {
        progress.println(line);
        progress.flush();
    }
}
