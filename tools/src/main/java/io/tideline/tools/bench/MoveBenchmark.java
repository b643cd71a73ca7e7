package io.tideline.tools.bench;

import io.tideline.scheduler.PassReport;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.tools.bench.LoadDriver.BlockingOperation;
import io.tideline.tools.bench.Rounds.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What the scheduler's moves take: of time, beside a copy that looks after nothing, and from those who read and write. */
final class MoveBenchmark implements Benchmark {
    static final String ID = "T4";

    private static final String NAMESPACE = "benchmoves";
    private static final String APP = "moves";
    private static final double UNLIMITED = 1e9;
    private static final int CALLERS = 4;
    /** A caller's pause between two requests: the machine is not to be busy with readers alone. */
    private static final long PAUSE_NANOS = 5_000_000;

    private @Nullable Path chatLog;

    /** Whose messages are taken; null for made-up ones. */
    void chatLog(@Nullable Path file) {
        chatLog = file;
    }

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        Path directory = context.hbaseDirectory()
                .orElseThrow(() -> new BenchFailedException("T4 makes tables of its own: not with --hbase-quorum"));
        try (TierStorage storage = TierStorage.open(context.hbaseQuorum(), directory, NAMESPACE);
                PlainCopy plain = PlainCopy.open(context.hbaseQuorum(), NAMESPACE)) {
            TierText text = TierText.of(chatLog);
            Speeds speeds = speeds(context, storage, plain, text);
            List<Measure> foreground = foreground(context, storage, text);
            Measure beside = foreground.get(1);
            Measure alone = foreground.get(0);
            return List.of(new BenchResult(
                    ID,
                    "hot to warm : scan and put; reads and appends beside moves : alone",
                    List.of(beside, alone),
                    List.of(
                            Check.ratioAtLeast("entries/s", speeds.moved(), speeds.copied(), 0.5),
                            Check.ratioAtMost("p99 ms", beside.p99Millis(), alone.p99Millis(), 1.2)),
                    List.of("entries/s: moves without a pace and without readers")));
        }
    }

    /** Entries a second, medians over the rounds. */
    private record Speeds(double moved, double copied) {}

    /** Both sides take the same entries in turns, the copy first; nobody else uses HBase. */
    private static Speeds speeds(BenchContext context, TierStorage storage, PlainCopy plain, TierText text)
            throws IOException {
        int rounds = context.settings().rounds() + 1;
        int messages = Math.max(1000, context.settings().searchMessages() / 10);
        List<Double> copied = new ArrayList<>();
        List<Double> moved = new ArrayList<>();
        try (StoreScheduler scheduler = storage.scheduler(UNLIMITED)) {
            for (int round = 0; round < rounds; round++) {
                Histories histories = Histories.of(APP, "speed" + round, messages);
                histories.write(storage, text, (timeline, after, entries) -> {});
                long begin = System.nanoTime();
                long count = 0;
                for (int i = 0; i < histories.count(); i++) {
                    count += plain.copy(histories.timeline(i), histories.sizes().get(i));
                }
                TidelineLoad.require(Math.toIntExact(count), Math.toIntExact(histories.messages()), "copied entries");
                double copies = count * 1e9 / (System.nanoTime() - begin);
                begin = System.nanoTime();
                PassReport report = TidelineLoad.await(scheduler.run(false));
                double moves = report.entries() * 1e9 / (System.nanoTime() - begin);
                TidelineLoad.require(Math.toIntExact(report.entries()), Math.toIntExact(count), "moved entries");
                context.say(String.format(
                        Locale.ROOT,
                        "  round %d: %,d entries of %,d timelines: copied %,.0f/s, moved %,.0f/s%s",
                        round,
                        count,
                        histories.count(),
                        copies,
                        moves,
                        round == 0 ? " (warm-up)" : ""));
                if (round > 0) {
                    copied.add(copies);
                    moved.add(moves);
                }
            }
        }
        return new Speeds(median(moved), median(copied));
    }

    private static double median(List<Double> values) {
        return Measure.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** At the pace that a server has; alone, then beside moves. */
    private static List<Measure> foreground(BenchContext context, TierStorage storage, TierText text) throws Exception {
        Histories old = Histories.of(APP, "old", context.settings().searchMessages());
        context.say(String.format(Locale.ROOT, "  writing %,d messages", old.messages()));
        old.write(storage, text, (timeline, after, entries) -> {});
        Histories live = Histories.of(APP, "live", 20_000);
        live.write(storage, text.recent(), (timeline, after, entries) -> {});
        try (StoreScheduler scheduler = storage.scheduler(20_000)) {
            return context.rounds()
                    .run(List.of(
                            new Side("page of 20 or append", duration -> load(storage, live, text, duration)),
                            new Side("the same beside moves", duration -> {
                                TidelineLoad.await(scheduler.pause(false));
                                CompletableFuture<PassReport> pass = scheduler.run(false);
                                Phase phase = load(storage, live, text, duration);
                                boolean lasted = !pass.isDone();
                                TidelineLoad.await(scheduler.pause(true));
                                PassReport report = TidelineLoad.await(pass);
                                context.say(
                                        String.format(Locale.ROOT, "  moved meanwhile: %,d entries", report.entries()));
                                if (!lasted) {
                                    throw new BenchFailedException("nothing left to be moved: more --messages");
                                }
                                return phase;
                            })));
        }
    }

    private static Phase load(TierStorage storage, Histories live, TierText text, Duration duration) {
        return LoadDriver.callers(CALLERS, duration, caller -> new BlockingOperation() {
            @Override
            public void prepare(SplittableRandom random) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }

            @Override
            public void run(SplittableRandom random) {
                int conversation = random.nextInt(live.count());
                if (random.nextInt(4) == 0) {
                    TidelineLoad.await(storage.append(live.timeline(conversation), text.now(random)));
                } else {
                    storage.page(
                            live.timeline(conversation),
                            1 + random.nextInt(live.sizes().get(conversation)));
                }
            }
        });
    }
}
