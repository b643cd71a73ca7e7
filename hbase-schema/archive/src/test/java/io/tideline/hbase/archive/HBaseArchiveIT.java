package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.erase.Rewritten;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.store.HBaseStorage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive with HBase in the same process, its jobs too. */
final class HBaseArchiveIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;
    private static WarmHistory history;
    private static HBaseArchive archive;
    private static final Map<TimelineId, TierLimit> LIMITS = new HashMap<>();

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        storage = HBaseStorage.open(
                hbase.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
        history = new WarmHistory(storage);
        archive = open();
        storage.archive(archive.reader());
    }

    private static HBaseArchive open() {
        return open(ports());
    }

    private static ArchivePorts ports() {
        ArchivePolicy policy = (timelines, deadline) -> {
            Map<TimelineId, TierLimit> limits = new HashMap<>(LIMITS);
            limits.keySet().retainAll(timelines);
            return CompletableFuture.completedFuture(limits);
        };
        return new ArchivePorts(storage.store(), storage.warm(), storage.watermarks(), policy);
    }

    private static HBaseArchive open(ArchivePorts ports) {
        return HBaseArchive.open(
                hbase.clientConfiguration(),
                ArchiveConfig.at(directory.resolve("archive").toUri().toString(), "tideline"),
                ports,
                new MetricRegistry());
    }

    @AfterAll
    static void stop() {
        archive.close();
        storage.close();
        hbase.close();
    }

    @BeforeEach
    void holdOtherTimelines() {
        LIMITS.clear();
    }

    private static ArchiveReport perform(ArchiveTask task) throws Exception {
        return archive.perform(task, ArchiveProgress.NONE).get(2, TimeUnit.MINUTES);
    }

    private static TierLimit until(Instant time) {
        return TierLimit.age(Duration.between(time, Instant.now()));
    }

    private static Watermarks marks(TimelineId timeline) {
        return await(storage.watermarks().state(timeline, soon())).watermarks();
    }

    @Test
    void run_dueEntries_areReadFromFilesAsTheyWere() throws Exception {
        TimelineId large = TimelineId.conversation("run", "large");
        TimelineId small = TimelineId.conversation("run", "small/with a slash");
        history.append(large, 1500);
        history.append(small, 3);
        List<Entry> before = history.entries(large, Direction.FORWARD);
        history.move(large, 1200);
        history.move(small, 3);
        LIMITS.put(large, until(WarmHistory.BEGIN.plus(Duration.ofMinutes(999 * 60 + 30))));
        LIMITS.put(small, until(WarmHistory.BEGIN.plus(Duration.ofDays(100))));

        ArchiveReport plan = perform(new ArchiveTask.Run("b1", true));
        ArchiveReport report = perform(new ArchiveTask.Run("b1", false));

        assertThat(plan.figures()).containsEntry("entries", 1003L).containsEntry("timelines", 2L);
        assertThat(report.figures()).containsEntry("entries", 1003L).containsEntry("timelines", 2L);
        assertThat(marks(large).coldThrough()).isEqualTo(SequenceId.of(1000));
        assertThat(marks(small).coldThrough()).isEqualTo(SequenceId.of(3));
        assertThat(history.entries(large, Direction.FORWARD))
                .hasSameSizeAs(before)
                .isEqualTo(before);
        assertThat(history.entries(large, Direction.BACKWARD))
                .hasSameSizeAs(before)
                .isEqualTo(before);
        assertThat(perform(new ArchiveTask.Run("b1", false)).figures()).containsEntry("already_done", 1L);
        assertThat(perform(new ArchiveTask.Verify(Optional.empty(), false)).problems())
                .isEmpty();
    }

    @Test
    void restore_fromTheMiddle_bringsRowsBackAndTakesThemOutOfTheFiles() throws Exception {
        TimelineId timeline = archived("restore", 600);
        List<Entry> before = history.entries(timeline, Direction.FORWARD);

        ArchiveReport report = perform(new ArchiveTask.Restore(timeline, SequenceId.of(301), false));

        assertThat(report.figures()).containsEntry("entries", 300L);
        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.of(300));
        compactWarm();
        assertThat(history.entries(timeline, Direction.FORWARD))
                .isEqualTo(before)
                .hasSize(600);
        assertThat(verify()).isEmpty();
        assertThat(perform(new ArchiveTask.Restore(timeline, SequenceId.of(301), false))
                        .figures())
                .containsEntry("entries", 0L);
        assertThatThrownBy(() -> perform(new ArchiveTask.Restore(timeline, SequenceId.of(601), false)))
                .hasCauseInstanceOf(IllegalArgumentException.class);

        perform(new ArchiveTask.Run("restore-again", false));
        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.of(600));
        compactWarm();
        assertThat(history.entries(timeline, Direction.BACKWARD)).isEqualTo(before);
        assertThat(verify()).isEmpty();
    }

    @Test
    void erase_entriesInFiles_areGoneAtOnceAndFromTheFilesWhenTheseAreRewritten() throws Exception {
        TimelineId timeline = archived("erase", 400);
        List<Entry> before = history.entries(timeline, Direction.FORWARD);

        int erased = archive.erase(timeline, WarmHistory.seqs(390, 400), soon()).get(20, TimeUnit.SECONDS);

        assertThat(erased).isEqualTo(11);
        assertThat(archive.erase(timeline, WarmHistory.seqs(390, 400), soon()).get(20, TimeUnit.SECONDS))
                .isZero();
        assertThat(history.entries(timeline, Direction.BACKWARD))
                .isEqualTo(before.stream()
                        .filter(entry -> entry.seq().value() < 390)
                        .toList());
        assertThat(stored(timeline)).as("under the marks").isEqualTo(before);
        assertThat(archive.rewrite(soon()).get(1, TimeUnit.MINUTES)).contains(new Rewritten(1, Map.of()));
        assertThat(stored(timeline)).isEqualTo(before.subList(0, 389));
        String secret = new String(before.get(399).payload().toByteArray(), UTF_8);
        assertThat(rowsOf(timeline)).hasSize(400).noneMatch(row -> new String(row.payload(), UTF_8).equals(secret));
        assertThat(history.entries(timeline, Direction.BACKWARD)).hasSize(389);
        assertThat(verify()).isEmpty();
        perform(new ArchiveTask.Restore(timeline, SequenceId.of(1), false));
        assertThat(history.entries(timeline, Direction.BACKWARD)).as("restored").hasSize(389);

        // Markers know when it was said and how much had been counted by then, wherever they come by.
        perform(new ArchiveTask.Run("erase-again", false));
        assertThat(rowsOf(timeline))
                .filteredOn(EntryRow::isErased)
                .extracting(row -> row.time() + " " + row.counted())
                .isEqualTo(before.subList(389, 400).stream()
                        .map(entry -> entry.serverTime().toEpochMilli() + " " + entry.counted())
                        .toList());
    }

    private static List<Entry> stored(TimelineId timeline) {
        EntryRange all = EntryRange.of(timeline, 1, TierReader.MAX_RANGE);
        return await(archive.asStored().read(all, Direction.FORWARD, Integer.MAX_VALUE, soon()))
                .entries();
    }

    @Test
    void compact_manySmallFiles_becomeOneOfEachBucket() throws Exception {
        TimelineId timeline = archived("compact", 100);
        for (int i = 1; i < 4; i++) {
            history.append(timeline, 100 * i, 100 * (i + 1));
            history.move(timeline, 100L * (i + 1));
            perform(new ArchiveTask.Run("compact-" + i, false));
        }
        List<Entry> before = new ArrayList<>(history.entries(timeline, Direction.FORWARD));
        assertThat(files(timeline)).hasSizeGreaterThan(1);
        archive.erase(timeline, WarmHistory.seqs(150, 150), soon()).get(20, TimeUnit.SECONDS);

        ArchiveReport report = perform(new ArchiveTask.Compact(false));

        assertThat(report.figures().get("files_merged")).isGreaterThan(1);
        assertThat(files(timeline)).hasSize(1);
        before.remove(149);
        assertThat(history.entries(timeline, Direction.BACKWARD)).isEqualTo(before);
        assertThat(rowsOf(timeline)).filteredOn(EntryRow::isErased).hasSize(1);
        assertThat(verify()).isEmpty();
    }

    @Test
    void content_ofARange_isWhatTheLocatorKnowsAndItsShareOfFiles() throws Exception {
        TimelineId timeline = archived("content", 500);
        long allBytes = archive.status(soon()).get(20, TimeUnit.SECONDS).bytes();

        ColdContent all = content(timeline, 1, 500);
        ColdContent part = content(timeline, 101, 350);

        assertThat(List.of(all.first(), all.last())).containsExactly(SequenceId.FIRST, SequenceId.of(500));
        assertThat(all.entries()).isEqualTo(500);
        assertThat(all.files()).isPositive();
        assertThat(all.bytes()).isBetween(500L, allBytes);
        assertThat(List.of(part.first(), part.last())).containsExactly(SequenceId.of(101), SequenceId.of(350));
        assertThat(part.entries()).isEqualTo(250);
        assertThat(part.bytes()).isBetween(1L, all.bytes() * 3 / 4);
        assertThat(content(TimelineId.conversation("content", "nobody"), 1, 10)).isEqualTo(ColdContent.EMPTY);
    }

    private static ColdContent content(TimelineId timeline, long first, long last) throws Exception {
        return archive.content(EntryRange.of(timeline, first, last), soon()).get(20, TimeUnit.SECONDS);
    }

    @Test
    void expire_droppedByRetention_leavesTheFiles() throws Exception {
        TimelineId timeline = archived("expire", 300);
        TierState state = await(storage.watermarks().state(timeline, soon()));
        await(storage.watermarks()
                .replace(
                        timeline,
                        state,
                        state.moved(state.watermarks().withExpiredThrough(SequenceId.of(120), 120)),
                        soon()));

        ArchiveReport report = perform(new ArchiveTask.Expire(false));

        assertThat(report.figures()).containsEntry("entries", 120L);
        assertThat(rowsOf(timeline)).hasSize(180);
        assertThat(history.entries(timeline, Direction.BACKWARD)).hasSize(180);
        assertThat(verify()).isEmpty();
    }

    @Test
    void verify_damagedMissingAndForeignFiles_areNamed() throws Exception {
        TimelineId damaged = archived("damaged", 200);
        String file = files(damaged).iterator().next();
        Path path = directory.resolve("archive/data").resolve(file);
        byte[] good = Files.readAllBytes(path);
        byte[] bad = good.clone();
        Arrays.fill(bad, bad.length / 3, bad.length / 3 + 64, (byte) 7);
        Files.write(path, bad);
        assertThat(verify()).anyMatch(problem -> problem.contains(file));
        Files.write(path, Arrays.copyOf(good, good.length - 100));
        assertThat(verify()).anyMatch(problem -> problem.contains(file));
        Files.writeString(path, "not ours");
        assertThat(verify()).anyMatch(problem -> problem.contains(file));
        Files.delete(path);
        assertThat(verify()).anyMatch(problem -> problem.contains("missing") && problem.contains(file));
        Files.write(path, good);
        assertThat(verify()).isEmpty();
    }

    @Test
    void read_missingFile_isAnErrorAndNoShortPage() throws Exception {
        TimelineId timeline = archived("missing", 200);
        Path path = directory
                .resolve("archive/data")
                .resolve(files(timeline).iterator().next());
        byte[] good = Files.readAllBytes(path);
        Files.delete(path);
        try (HBaseArchive fresh = open()) {
            assertThat(fresh.reader().read(EntryRange.of(timeline, 1, 10), Direction.FORWARD, 1000, soon()))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(CorruptDataException.class);
        }
        Files.write(path, good);
    }

    @Test
    void verify_locatorLost_isRebuiltFromTheFiles() throws Exception {
        TimelineId timeline = archived("rebuild", 200);
        try (AsyncConnection connection = ConnectionFactory.createAsyncConnection(hbase.clientConfiguration())
                .get(20, TimeUnit.SECONDS)) {
            Locators locators = new Locators(connection, TimelineTable.COLD.name("tideline"));
            List<Slice> slices = locators.find(EntryRange.of(timeline, 1, 200), soon())
                    .get(20, TimeUnit.SECONDS)
                    .slices();
            locators.remove(slices).get(20, TimeUnit.SECONDS);
        }
        assertThat(verify()).anyMatch(problem -> problem.contains("not in the locator"));
        assertThat(perform(new ArchiveTask.Verify(Optional.of(timeline), false)).problems())
                .singleElement()
                .asString()
                .contains("app", "rebuild", "1..200");

        perform(new ArchiveTask.Verify(Optional.of(timeline), true));
        assertThat(verify()).as("of a timeline whose files are not known").isNotEmpty();
        perform(new ArchiveTask.Verify(Optional.empty(), true));

        assertThat(verify()).isEmpty();
        assertThat(history.entries(timeline, Direction.FORWARD)).hasSize(200);
    }

    @Test
    void verify_timelineThatIsNeitherInTheLocatorNorInAFile_isNamed() throws Exception {
        try (Installation gone = new Installation(
                hbase, "gone", directory.resolve("gone").toUri().toString())) {
            TimelineId timeline = gone.archived("nowhere", 30);
            gone.drop(timeline, 10);
            // As if nobody had ever written it: a new, empty archive.
            try (Admin admin = gone.connection().getAdmin()) {
                admin.disableTable(gone.cold());
                admin.truncateTable(gone.cold(), true);
            }
            for (String part : List.of("OWNER", "data", "metadata")) {
                gone.layout().fileSystem().delete(new org.apache.hadoop.fs.Path(gone.root(), part), true);
            }

            assertThat(gone.verify()).singleElement().asString().contains("app", "nowhere", "11..30");
            assertThat(gone.perform(new ArchiveTask.Verify(Optional.of(timeline), false))
                            .problems())
                    .singleElement()
                    .asString()
                    .contains("app", "nowhere", "11..30");
            gone.drop(timeline, 30);
            assertThat(gone.verify()).isEmpty();
        }
    }

    @Test
    void perform_whileAnotherProcessWrites_isRefused() throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration())) {
            Catalog catalog = new Catalog(connection, TimelineTable.COLD.name("tideline"));
            long fence = catalog.acquire("another", Duration.ofMinutes(1), "Compact", Instant.now())
                    .orElseThrow();
            assertThatThrownBy(() -> perform(new ArchiveTask.Expire(false)))
                    .hasCauseInstanceOf(OverloadedException.class);
            assertThat(archive.status(soon()).get(20, TimeUnit.SECONDS).working())
                    .contains("Compact");
            assertThat(archive.rewrite(soon()).get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(catalog.hold(fence, Catalog.Lease.NONE)).isTrue();
        }
        perform(new ArchiveTask.Expire(true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void run_diesAtEachOfItsCalls_isCompletedByTheNextOne(boolean done) throws Exception {
        for (int calls = 0; calls < 40; calls++) {
            TimelineId timeline = TimelineId.conversation("dying", calls + " calls " + done);
            history.append(timeline, 60);
            history.move(timeline, 60);
            LIMITS.clear();
            LIMITS.put(timeline, TierLimit.age(Duration.ofDays(365)));
            String batch = "dying-" + calls + "-" + done;
            DyingPorts dying = new DyingPorts(calls, done);
            try (HBaseArchive other = open(dying.over(ports()))) {
                other.perform(new ArchiveTask.Run(batch, false), dying.progress())
                        .handle((report, death) -> death)
                        .get(1, TimeUnit.MINUTES);
            }
            perform(new ArchiveTask.Run(batch, false));

            assertThat(marks(timeline).coldThrough()).as(batch).isEqualTo(SequenceId.of(60));
            assertThat(history.entries(timeline, Direction.BACKWARD)).as(batch).hasSize(60);
            assertThat(rowsOf(timeline)).as(batch).hasSize(60);
            assertThat(present()).as(batch).isEqualTo(liveFiles());
            if (!dying.isDead()) {
                assertThat(calls).as("calls of a run").isGreaterThan(4);
                assertThat(verify()).isEmpty();
                return;
            }
        }
        throw new AssertionError("a run has more calls than this test expects");
    }

    private static Set<String> present() throws Exception {
        try (Stream<Path> files = Files.list(directory.resolve("archive/data"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void run_erasedMeanwhile_isTakenOutOfTheFilesAgain() throws Exception {
        TimelineId timeline = TimelineId.conversation("app", "meanwhile");
        history.append(timeline, 100);
        history.move(timeline, 100);
        LIMITS.put(timeline, TierLimit.age(Duration.ofDays(365)));
        ArchivePorts real = ports();
        // At the first look at the watermarks the files are committed, and nothing else is done.
        AtomicBoolean first = new AtomicBoolean(true);
        WatermarkStore late = new WatermarkStore() {
            @Override
            public CompletableFuture<TierState> state(TimelineId of, Deadline deadline) {
                return (first.getAndSet(false) ? erase(of) : CompletableFuture.completedFuture(null))
                        .thenCompose(erased -> real.watermarks().state(of, deadline));
            }

            private CompletableFuture<?> erase(TimelineId of) {
                return storage.warm()
                        .erase(of, WarmHistory.seqs(5, 5), soon())
                        .thenCompose(warm -> archive.erase(of, WarmHistory.seqs(5, 5), soon()))
                        .thenCompose(cold -> real.watermarks().state(of, soon()))
                        .thenCompose(
                                state -> real.watermarks().replace(of, state, state.moved(state.watermarks()), soon()));
            }

            @Override
            public CompletableFuture<Boolean> replace(
                    TimelineId of, TierState expected, TierState next, Deadline deadline) {
                return real.watermarks().replace(of, expected, next, deadline);
            }
        };
        try (HBaseArchive other = open(new ArchivePorts(real.store(), real.warm(), late, real.policy()))) {
            ArchiveReport report = other.perform(new ArchiveTask.Run("meanwhile", false), ArchiveProgress.NONE)
                    .get(1, TimeUnit.MINUTES);
            assertThat(report.figures()).containsEntry("timelines_left_for_the_next", 1L);
        }

        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.NONE);
        assertThat(rowsOf(timeline)).isEmpty();
        perform(new ArchiveTask.Run("meanwhile-2", false));
        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.of(100));
        assertThat(history.entries(timeline, Direction.BACKWARD)).hasSize(99);
        assertThat(rowsOf(timeline)).hasSize(100).filteredOn(EntryRow::isErased).hasSize(1);
        assertThat(verify()).isEmpty();
    }

    @Test
    void files_readByOtherEngines_haveTheSameRows() throws Exception {
        TimelineId timeline = archived("engines", 150);
        List<Entry> entries = history.entries(timeline, Direction.FORWARD);

        String files = liveFiles().stream()
                .map(file -> "'" + directory.resolve("archive/data").resolve(file) + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        try (java.sql.Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT seq, sender, decode(payload) AS text, epoch_ms(time) AS at" + " FROM read_parquet("
                                + files + ") WHERE app = 'app' AND timeline = 'engines' ORDER BY seq")) {
            for (Entry entry : entries) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong("seq")).isEqualTo(entry.seq().value());
                assertThat(rows.getString("sender")).isEqualTo(entry.sender().value());
                assertThat(rows.getString("text")).isEqualTo(entry.payload().toUtf8());
                assertThat(rows.getLong("at")).isEqualTo(entry.serverTime().toEpochMilli());
            }
            assertThat(rows.next()).isFalse();
        }

        // By its directory alone, as an engine opens it that knows nothing of HBase.
        Table table = new HadoopTables(hbase.clientConfiguration())
                .load(directory.resolve("archive").toUri().toString());
        List<String> texts = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .where(Expressions.equal("timeline", "engines"))
                .build()) {
            records.forEach(row ->
                    texts.add(UTF_8.decode((ByteBuffer) row.getField("payload")).toString()));
        }
        assertThat(texts)
                .containsExactlyInAnyOrderElementsOf(
                        entries.stream().map(entry -> entry.payload().toUtf8()).toList());
    }

    private static TimelineId archived(String name, int entries) throws Exception {
        TimelineId timeline = TimelineId.conversation("app", name);
        history.append(timeline, entries);
        history.move(timeline, entries);
        LIMITS.put(timeline, TierLimit.age(Duration.ofDays(365)));
        perform(new ArchiveTask.Run("batch-" + name, false));
        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.of(entries));
        return timeline;
    }

    private static List<String> verify() throws Exception {
        return perform(new ArchiveTask.Verify(Optional.empty(), false)).problems();
    }

    private static Set<String> files(TimelineId timeline) throws Exception {
        Set<String> files = new TreeSet<>();
        for (String file : liveFiles()) {
            if (SliceScan.of(new EntryFiles(layout(), 0), file).stream()
                    .anyMatch(slice -> slice.timeline().equals(timeline))) {
                files.add(file);
            }
        }
        return files;
    }

    private static Set<String> liveFiles() throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration())) {
            return ArchiveTable.find(new Catalog(connection, TimelineTable.COLD.name("tideline")), layout())
                    .live()
                    .keySet();
        }
    }

    private static FileLayout layout() {
        return new FileLayout(
                hbase.clientConfiguration(),
                directory.resolve("archive").toUri().toString());
    }

    private static List<EntryRow> rowsOf(TimelineId timeline) throws Exception {
        List<EntryRow> rows = new ArrayList<>();
        for (String file : liveFiles()) {
            try (EntryFiles.Scan scan = new EntryFiles(layout(), 0).scan(file)) {
                while (scan.next()) {
                    if (Keys.timeline(Keys.prefix(scan.key())).equals(timeline)) {
                        rows.add(scan.row());
                    }
                }
            }
        }
        return rows;
    }

    /** So that whatever was released goes. */
    private static void compactWarm() throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            admin.flush(TimelineTable.WARM.name("tideline"));
        }
        CompletableFuture<Boolean> purged = storage.purge().purge(Instant.now(), soon());
        while (!purged.get(30, TimeUnit.SECONDS)) {
            LockSupport.parkNanos(50_000_000);
            purged = storage.purge().purge(Instant.EPOCH.plusSeconds(1), soon());
        }
    }
}
