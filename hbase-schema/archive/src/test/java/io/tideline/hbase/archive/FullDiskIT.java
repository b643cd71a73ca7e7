package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.WorkFailedException;
import io.tideline.core.store.Direction;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.TableMetadataParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full: tasks fail with its words, and can be done when there is room again. */
final class FullDiskIT {
    private static final int STEP_BYTES = 3000;

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation full;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        full = new Installation(
                FullDisk.knownTo(hbase.clientConfiguration()),
                "full",
                FullDisk.location(directory.resolve("archive").toAbsolutePath()));
    }

    @AfterAll
    static void stop() throws Exception {
        full.close();
        hbase.close();
    }

    @AfterEach
    void makeRoom() {
        FullDisk.room(Long.MAX_VALUE);
    }

    private static Optional<Throwable> failure(ArchiveTask task) throws Exception {
        return Optional.ofNullable(full.archive()
                .perform(task, ArchiveProgress.NONE)
                .handle((report, failure) -> failure)
                .get(1, TimeUnit.MINUTES));
    }

    private static void assertTold(Throwable failure) {
        assertThat(failure)
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("No space left on device")
                .matches(told -> !((WorkFailedException) told).retryable());
    }

    @Test
    void run_fullAfterSoManyBytes_failsWithItsWords_andIsDoneLater() throws Exception {
        int failures = 0;
        for (long bytes = 0; bytes < 100L * STEP_BYTES; bytes += STEP_BYTES) {
            TimelineId timeline = full.warm("room-" + bytes, 40);
            FullDisk.room(bytes);
            Optional<Throwable> failure = failure(new ArchiveTask.Run("run-" + bytes, false));
            FullDisk.room(Long.MAX_VALUE);
            assertPublished();
            failure.ifPresent(FullDiskIT::assertTold);

            full.perform(new ArchiveTask.Run("run-" + bytes, false));

            assertThat(full.marks(timeline).coldThrough()).isEqualTo(SequenceId.of(40));
            assertThat(full.entries(timeline)).isEqualTo(40);
            assertThat(full.seqsInFiles(timeline)).hasSize(40);
            assertThat(full.present()).isEqualTo(full.liveFiles());
            if (failure.isEmpty()) {
                assertThat(failures).isGreaterThan(3);
                assertThat(full.verify()).isEmpty();
                return;
            }
            failures++;
        }
        throw new AssertionError("a run writes more than this test expects");
    }

    /** What engines open that know nothing of HBase: whole, if perhaps of the commit before. */
    private static void assertPublished() throws Exception {
        Path metadata = directory.resolve("archive/metadata");
        if (Files.exists(metadata.resolve("version-hint.text"))) {
            String version = Files.readString(metadata.resolve("version-hint.text"));
            String json = Files.readString(metadata.resolve("v" + version + ".metadata.json"));
            assertThat(TableMetadataParser.fromJson(json).location()).endsWith("archive");
        }
    }

    private interface Task {
        ArchiveTask next(TimelineId timeline, int round) throws Exception;
    }

    /** With room for a bit more each time, until it is enough. */
    private static void assertCompletedLater(TimelineId timeline, Task task) throws Exception {
        for (int round = 0; round < 60; round++) {
            ArchiveTask next = task.next(timeline, round);
            FullDisk.room((long) round * STEP_BYTES);
            Optional<Throwable> failure = failure(next);
            FullDisk.room(Long.MAX_VALUE);
            assertPublished();
            failure.ifPresent(FullDiskIT::assertTold);

            assertThat(full.verify()).as("round " + round).isEmpty();
            full.perform(next);
            assertThat(full.verify()).as("round " + round).isEmpty();
            assertThat(full.present()).as("round " + round).isEqualTo(full.liveFiles());
            if (failure.isEmpty()) {
                assertThat(round).isGreaterThan(2);
                return;
            }
        }
        throw new AssertionError("it writes more than this test expects");
    }

    @Test
    void restore_fullAfterSoManyBytes_isCompletedOrUndone_andDoneLater() throws Exception {
        TimelineId timeline = full.archived("restore", 120);

        assertCompletedLater(
                timeline, (of, round) -> new ArchiveTask.Restore(of, SequenceId.of(120 - 2L * round), false));

        assertThat(full.entries(timeline)).isEqualTo(120);
    }

    @Test
    void expire_fullAfterSoManyBytes_isDoneLater() throws Exception {
        TimelineId timeline = full.archived("expire", 120);

        assertCompletedLater(timeline, (of, round) -> {
            full.drop(of, 1 + 2L * round);
            return new ArchiveTask.Expire(false);
        });

        List<Entry> left = full.history().entries(timeline, Direction.BACKWARD);
        assertThat(full.seqsInFiles(timeline))
                .containsExactlyInAnyOrderElementsOf(
                        left.stream().map(entry -> entry.seq().value()).toList());
    }

    @Test
    void compact_fullDisk_failsWithItsWords_andChangesNothing() throws Exception {
        TimelineId timeline = full.archived("compact-1", 40);
        full.archived("compact-2", 40);
        full.history().append(timeline, 40, 80);
        full.history().move(timeline, 80);
        full.perform(new ArchiveTask.Run("compact-3", false));

        FullDisk.room(1000);
        assertTold(failure(new ArchiveTask.Compact(false)).orElseThrow());
        FullDisk.room(Long.MAX_VALUE);

        assertThat(full.entries(timeline)).isEqualTo(80);
        assertThat(full.perform(new ArchiveTask.Compact(false)).figures().get("files_merged"))
                .isPositive();
        assertThat(full.verify()).isEmpty();
    }
}
