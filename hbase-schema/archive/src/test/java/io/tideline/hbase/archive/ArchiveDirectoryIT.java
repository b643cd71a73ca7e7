package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Table;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a directory is, and what is deleted in it. */
final class ArchiveDirectoryIT {
    private static final byte[] CATALOG = "catalog".getBytes(UTF_8);
    private static final List<ArchiveTask> TASKS = List.of(
            new ArchiveTask.Verify(Optional.empty(), false),
            new ArchiveTask.Run("another", false),
            new ArchiveTask.Expire(false),
            new ArchiveTask.Compact(false));

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
    }

    @AfterAll
    static void stop() {
        hbase.close();
    }

    private static Installation installation(String name) throws IOException {
        return new Installation(hbase, name, directory.resolve(name).toUri().toString());
    }

    private static void change(Installation of, Delete change) throws IOException {
        try (Table table = of.connection().getTable(of.cold())) {
            table.delete(change);
        }
    }

    private static void assertRefused(ThrowingCallable task, String place) {
        assertThatThrownBy(task)
                .cause()
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(place);
    }

    private static void assertAllRefused(Installation installation, String place) throws IOException {
        Set<String> before = Installation.tree(directory.resolve(place));
        for (ArchiveTask task : TASKS) {
            assertRefused(() -> installation.perform(task), "/" + place);
        }
        assertRefused(() -> installation.archive().rewrite(TimelineProbe.soon()).get(1, TimeUnit.MINUTES), "/" + place);
        assertThat(Installation.tree(directory.resolve(place))).isEqualTo(before);
    }

    @Test
    void catalogLost_allTasksAreRefused_andNothingIsDeleted() throws Exception {
        try (Installation lost = installation("lost")) {
            lost.archived("room", 50);

            change(lost, new Delete(CATALOG));

            assertAllRefused(lost, "lost");
            assertThat(lost.present()).hasSize(1);
        }
    }

    @Test
    void twoInstallationsOnOneDirectory_theSecondIsRefused() throws Exception {
        try (Installation first = installation("first");
                Installation second = new Installation(
                        hbase, "second", directory.resolve("first").toUri().toString())) {
            TimelineId room = first.archived("room", 50);

            assertAllRefused(second, "first");

            assertThat(first.verify()).isEmpty();
            assertThat(first.entries(room)).isEqualTo(50);
        }
    }

    @Test
    void catalogFromABackup_olderThanTheDirectory_isRefused() throws Exception {
        try (Installation older = installation("older")) {
            older.archived("first", 50);
            String metadata = String.valueOf(older.catalog().state().metadata());
            older.archived("second", 50);

            Put back =
                    new Put(CATALOG).addColumn(SchemaNames.CATALOG_FAMILY, new byte[] {'m'}, metadata.getBytes(UTF_8));
            try (Table table = older.connection().getTable(older.cold())) {
                table.put(back);
            }

            assertAllRefused(older, "older");
            assertThat(older.present()).hasSize(2);
        }
    }

    @Test
    void directoryWithoutItsMark_isRefused() throws Exception {
        try (Installation unmarked = installation("unmarked")) {
            unmarked.archived("room", 50);

            Files.delete(directory.resolve("unmarked/OWNER"));

            assertAllRefused(unmarked, "unmarked");
        }
    }

    @Test
    void directoryThatIsNotMounted_isRefused() throws Exception {
        try (Installation away = installation("away")) {
            away.archived("room", 50);
            Files.move(directory.resolve("away"), directory.resolve("elsewhere"));
            Files.createDirectory(directory.resolve("away"));

            assertAllRefused(away, "away");

            Files.delete(directory.resolve("away"));
            Files.move(directory.resolve("elsewhere"), directory.resolve("away"));
            assertThat(away.verify()).isEmpty();
        }
    }

    @Test
    void directoryThatIsAnother_isRefused() throws Exception {
        try (Installation moved = installation("moved");
                HBaseArchive other =
                        moved.openAt(directory.resolve("other place").toUri().toString())) {
            moved.archived("room", 50);

            assertRefused(
                    () -> other.perform(new ArchiveTask.Compact(false), ArchiveProgress.NONE)
                            .get(1, TimeUnit.MINUTES),
                    "/moved");

            assertThat(directory.resolve("other place")).doesNotExist();
        }
    }

    @Test
    void tableFromBeforeOwners_getsOne() throws Exception {
        try (Installation early = installation("early")) {
            early.archived("room", 50);
            Files.delete(directory.resolve("early/OWNER"));
            change(early, new Delete(CATALOG).addColumns(SchemaNames.CATALOG_FAMILY, new byte[] {'o'}));

            assertThat(early.verify()).isEmpty();

            assertThat(Files.readString(directory.resolve("early/OWNER")))
                    .isEqualTo(early.catalog().state().owner())
                    .hasSize(16);
        }
    }

    @Test
    void dryRuns_changeNothing_evenWhileAnotherWrites() throws Exception {
        try (Installation dry = installation("dry")) {
            TimelineId room = dry.archived("room", 50);
            dry.warm("due", 20);
            dry.drop(room, 10);
            String owner = Files.readString(directory.resolve("dry/OWNER"));
            Files.writeString(directory.resolve("dry/data/b00-" + owner + "-1-batch-0-x.parquet"), "an orphan");
            Catalog catalog = dry.catalog();
            assertThat(catalog.acquire("another", Duration.ofMinutes(5), "Run", Instant.now()))
                    .isPresent();
            Catalog.State before = catalog.state();
            Set<String> tree = Installation.tree(directory.resolve("dry"));

            assertThat(dry.perform(new ArchiveTask.Run("dry", true)).figures()).containsEntry("entries", 20L);
            assertThat(dry.perform(new ArchiveTask.Expire(true)).figures()).containsEntry("entries", 10L);
            assertThat(dry.perform(new ArchiveTask.Restore(room, SequenceId.of(41), true))
                            .figures())
                    .containsEntry("entries", 10L);
            assertThat(dry.perform(new ArchiveTask.Compact(true)).figures()).containsEntry("files", 1L);

            assertThat(catalog.state()).isEqualTo(before);
            assertThat(Installation.tree(directory.resolve("dry"))).isEqualTo(tree);
            assertThat(dry.marks(room).coldThrough()).isEqualTo(SequenceId.of(50));
        }
    }

    @Test
    void sweep_deletesOwnFilesOnly_andNotThoseOfLaterWriters() throws Exception {
        try (Installation swept = installation("swept")) {
            swept.archived("room", 50);
            Path data = directory.resolve("swept/data");
            String owner = Files.readString(directory.resolve("swept/OWNER"));
            Files.writeString(data.resolve("b00-" + owner + "-1-batch-0-x.parquet"), "left by a dead writer");
            Set<String> others = Set.of(
                    "b00-" + owner + "-1000000-batch-0-x.parquet",
                    "b00-0123456789abcdef-1-batch-0-x.parquet",
                    "b00-batch-0-x.parquet",
                    "notes.txt");
            for (String other : others) {
                Files.writeString(data.resolve(other), "of somebody else");
            }

            swept.perform(new ArchiveTask.Compact(false));

            assertThat(swept.present()).containsAll(others).hasSize(others.size() + 1);
        }
    }
}
