package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.store.Direction;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.archive.job.JobRunner;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.hbase.testcluster.SeparateYarn;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job of a batch on YARN: containers read the snapshot of the warm table and write the files. */
@Timeout(180)
final class ArchiveOnYarnIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static SeparateYarn yarn;
    private static HBaseStorage storage;
    private static HBaseArchive archive;
    private static final TimelineId TIMELINE = TimelineId.conversation("yarn", "one");
    private static final Instant UNTIL = WarmHistory.BEGIN.plus(Duration.ofHours(700));

    @BeforeAll
    static void start() {
        yarn = SeparateYarn.start();
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        storage = HBaseStorage.open(
                hbase.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
        ArchivePolicy policy = (timelines, deadline) -> CompletableFuture.completedFuture(
                timelines.contains(TIMELINE)
                        ? Map.of(TIMELINE, TierLimit.age(Duration.between(UNTIL, Instant.now())))
                        : Map.of());
        Configuration configuration = JobRunner.withSites(hbase.clientConfiguration(), yarn.configuration());
        archive = HBaseArchive.open(
                configuration,
                ArchiveConfig.at(directory.resolve("archive").toUri().toString(), "tideline"),
                new ArchivePorts(storage.store(), storage.warm(), storage.watermarks(), policy),
                new MetricRegistry());
        storage.archive(archive.reader());
    }

    @AfterAll
    static void stop() {
        archive.close();
        storage.close();
        hbase.close();
        yarn.close();
    }

    @Test
    void run_onYarn_entriesAreReadFromFilesAsTheyWere() throws Exception {
        WarmHistory history = new WarmHistory(storage);
        history.append(TIMELINE, 1000);
        List<Entry> before = history.entries(TIMELINE, Direction.FORWARD);
        history.move(TIMELINE, 900);

        ArchiveReport report = perform(new ArchiveTask.Run("b1", false));

        assertThat(report.figures()).containsEntry("entries", 700L).containsEntry("timelines", 1L);
        assertThat(TimelineProbe.await(storage.watermarks().state(TIMELINE, TimelineProbe.soon()))
                        .watermarks()
                        .coldThrough())
                .isEqualTo(SequenceId.of(700));
        assertThat(history.entries(TIMELINE, Direction.FORWARD)).isEqualTo(before);
        assertThat(perform(new ArchiveTask.Verify(Optional.empty(), false)).problems())
                .isEmpty();
        assertThat(yarn.containerLogs()).isNotEmpty();
    }

    private static ArchiveReport perform(ArchiveTask task) throws Exception {
        return archive.perform(task, ArchiveProgress.NONE).get(2, TimeUnit.MINUTES);
    }
}
