package io.tideline.tools.bench;

import com.github.luben.zstd.Zstd;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.tools.bench.Rounds.Side;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The same messages hot, warm and in files: what they take, how pages of them are read, and how fast a job moves them. */
final class TierBenchmark implements Benchmark {
    static final List<String> IDS = List.of("T1", "T2", "T3");

    private static final String APP = "tiers";
    private static final int IN_FLIGHT = 16;
    private static final int ZSTD_LEVEL = 19;
    private static final int MOST_COMPRESSED = 64 * 1024 * 1024;

    private @Nullable Path chatLog;

    /** Whose messages are taken; null for made-up ones. */
    void chatLog(@Nullable Path file) {
        chatLog = file;
    }

    @Override
    public List<String> ids() {
        return IDS;
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        Path directory = context.hbaseDirectory()
                .orElseThrow(() -> new BenchFailedException("T1 to T3 read HBase's files: not with --hbase-quorum"));
        TierText text = TierText.of(chatLog);
        try (TierStorage storage = TierStorage.open(context.hbaseQuorum(), directory, "benchtiers")) {
            return measure(context, storage, text);
        }
    }

    private List<BenchResult> measure(BenchContext context, TierStorage storage, TierText text) throws Exception {
        int messages = context.settings().searchMessages();
        Histories cold = Histories.of(APP, "cold", messages);
        Histories warm = Histories.of(APP, "warm", messages / 5);
        Histories hot = Histories.of(APP, "hot", messages / 5);
        context.say(String.format(Locale.ROOT, "  writing %,d messages", cold.messages()));
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        fill(storage, cold, text, records);
        storage.compact();
        double hotBytes = (double) storage.bytes(TimelineTable.HOT) / cold.messages();
        context.say("  moving them to the warm table");
        double moveSeconds = move(storage, cold);
        storage.compact();
        double warmBytes = (double) storage.bytes(TimelineTable.WARM) / cold.messages();
        context.say("  moving them into files");
        long begin = System.nanoTime();
        ArchiveReport report = storage.archive();
        double seconds = (System.nanoTime() - begin) / 1e9;
        long archived = report.figures().getOrDefault("entries", 0L);
        double coldBytes = (double) report.figures().getOrDefault("bytes", 0L) / archived;
        fill(storage, warm, text, new ByteArrayOutputStream());
        move(storage, warm);
        fill(storage, hot, text, new ByteArrayOutputStream());
        storage.compact();
        List<BenchResult> results = new ArrayList<>();
        List<Measure> pages =
                context.rounds().run(List.of(side(storage, hot), side(storage, warm), side(storage, cold)));
        results.add(sizes(text, hotBytes, warmBytes, coldBytes, zstd(records)));
        results.add(pages(pages, archived));
        results.add(new BenchResult(
                "T3",
                "archive job over " + String.format(Locale.ROOT, "%,d messages", archived) + ", one map at a time",
                List.of(),
                List.of(Check.atLeast("messages a second", archived / seconds, 50_000)),
                List.of(
                        String.format(Locale.ROOT, "%.1f s from the plan to the released rows", seconds),
                        String.format(
                                Locale.ROOT,
                                "before, hot to warm by the same calls as the scheduler: %.1f s",
                                moveSeconds))));
        return results;
    }

    private static void fill(TierStorage storage, Histories histories, TierText text, ByteArrayOutputStream records) {
        histories.write(storage, text, (timeline, after, entries) -> write(records, timeline, after, entries));
    }

    /** What is in each tier, as text: a line a message. */
    private static void write(ByteArrayOutputStream records, TimelineId timeline, long after, List<NewEntry> entries) {
        for (int i = 0; i < entries.size() && records.size() < MOST_COMPRESSED; i++) {
            NewEntry entry = entries.get(i);
            String line = String.join(
                    "\t",
                    timeline.name(),
                    Long.toString(after + i + 1),
                    Long.toString(entry.originalTime().orElseThrow().toEpochMilli()),
                    entry.sender().value(),
                    entry.clientMessageId().value(),
                    entry.kind().value(),
                    entry.payload().toUtf8());
            records.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Bytes a message of the records compressed as one text. */
    private static double zstd(ByteArrayOutputStream records) {
        byte[] text = records.toByteArray();
        long lines = 0;
        for (byte each : text) {
            lines += each == '\n' ? 1 : 0;
        }
        return (double) Zstd.compress(text, ZSTD_LEVEL).length / lines;
    }

    private static double move(TierStorage storage, Histories group) {
        long begin = System.nanoTime();
        List<CompletableFuture<?>> open = new ArrayList<>();
        for (int i = 0; i < group.sizes().size(); i++) {
            open.add(storage.move(group.timeline(i), group.sizes().get(i)));
            if (open.size() == IN_FLIGHT) {
                open.forEach(TidelineLoad::await);
                open.clear();
            }
        }
        open.forEach(TidelineLoad::await);
        return (System.nanoTime() - begin) / 1e9;
    }

    private static Side side(TierStorage storage, Histories group) {
        return new Side(
                "page of 20, " + group.name(),
                duration -> LoadDriver.callers(1, duration, caller -> random -> {
                    int conversation = random.nextInt(group.sizes().size());
                    storage.page(
                            group.timeline(conversation),
                            1 + random.nextInt(group.sizes().get(conversation)));
                }));
    }

    private static BenchResult sizes(TierText text, double hot, double warm, double cold, double compressed) {
        return new BenchResult(
                "T1",
                "bytes a message, " + (text.isReal() ? "text of a chat log" : "made-up text"),
                List.of(),
                List.of(
                        Check.ratioAtMost("warm : hot", warm, hot, 0.4),
                        Check.ratioAtMost("cold : hot", cold, hot, 0.3),
                        Check.ratioAtMost("cold : zstd -19", cold, compressed, 1.25)),
                List.of(
                        String.format(
                                Locale.ROOT,
                                "hot %.1f, warm %.1f, cold %.1f, zstd -19 of the same as text %.1f bytes a message",
                                hot,
                                warm,
                                cold,
                                compressed),
                        "hot and warm after a major compaction, entries only"));
    }

    private static BenchResult pages(List<Measure> pages, long archived) {
        Measure hot = pages.get(0);
        Measure warm = pages.get(1);
        Measure cold = pages.get(2);
        return new BenchResult(
                "T2",
                String.format(Locale.ROOT, "page of 20 before any seq; %,d messages in files", archived),
                List.of(cold, hot, warm),
                List.of(
                        Check.atMost("cold p50 ms", cold.p50Millis(), 3),
                        Check.atMost("cold p99 ms", cold.p99Millis(), 15),
                        Check.ratioAtMost("warm : hot p99 ms", warm.p99Millis(), hot.p99Millis(), 1.3)),
                List.of(
                        "one caller, without a server; conversations of a few messages and of a hundred thousand alike"));
    }
}
