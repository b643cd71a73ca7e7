package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.HBaseStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        ArchivePolicy policy = (timelines, deadline) -> {
            Map<TimelineId, TierLimit> limits = new HashMap<>(LIMITS);
            limits.keySet().retainAll(timelines);
            return CompletableFuture.completedFuture(limits);
        };
        return HBaseArchive.open(
                hbase.clientConfiguration(),
                ArchiveConfig.at(directory.resolve("archive").toUri().toString(), "tideline"),
                new ArchivePorts(storage.store(), storage.warm(), storage.watermarks(), policy),
                new MetricRegistry());
    }

    @AfterAll
    static void stop() {
        archive.close();
        storage.close();
        hbase.close();
    }

    private static ArchiveReport perform(ArchiveTask task) throws Exception {
        return archive.perform(task, ArchiveProgress.NONE).get(2, TimeUnit.MINUTES);
    }

    private static TierLimit until(Instant time) {
        return TierLimit.age(Duration.between(time, Instant.now()));
    }

    private static Watermarks marks(TimelineId timeline) {
        return io.tideline.core.store.TimelineProbe.await(storage.watermarks().state(timeline, soon()))
                .watermarks();
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
        LIMITS.put(large, until(WarmHistory.BEGIN.plus(Duration.ofHours(1000)).minusSeconds(1)));
        LIMITS.put(small, until(WarmHistory.BEGIN.plus(Duration.ofDays(100))));

        ArchiveReport plan = perform(new ArchiveTask.Run("b1", true));
        ArchiveReport report = perform(new ArchiveTask.Run("b1", false));

        assertThat(plan.figures()).containsEntry("entries", 1003L).containsEntry("timelines", 2L);
        assertThat(report.figures()).containsEntry("entries", 1003L).containsEntry("timelines", 2L);
        assertThat(marks(large).coldThrough()).isEqualTo(SequenceId.of(1000));
        assertThat(marks(small).coldThrough()).isEqualTo(SequenceId.of(3));
        assertThat(history.entries(large, Direction.FORWARD)).isEqualTo(before);
        assertThat(history.entries(large, Direction.BACKWARD)).isEqualTo(before);
        assertThat(perform(new ArchiveTask.Run("b1", false)).figures()).containsEntry("already_done", 1L);
        assertThat(perform(new ArchiveTask.Verify(java.util.Optional.empty(), false))
                        .problems())
                .isEmpty();
    }
}
