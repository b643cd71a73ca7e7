package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierState;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to timelines between the plan of a run and the commit of their watermarks. */
final class SettlementIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        installation = new Installation(
                hbase, "settling", directory.resolve("archive").toUri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        installation.close();
        hbase.close();
    }

    /** Does something when a stage is first told of. */
    private static final class Told implements ArchiveProgress {
        private final String stage;
        private final Runnable meanwhile;
        private final AtomicBoolean happened = new AtomicBoolean();

        Told(String stage, Runnable meanwhile) {
            this.stage = stage;
            this.meanwhile = meanwhile;
        }

        @Override
        public void at(String told, long done, long total) {
            if (told.equals(stage) && !happened.getAndSet(true)) {
                meanwhile.run();
            }
        }

        @Override
        public boolean isStopRequested() {
            return false;
        }
    }

    /** As if the watermarks of a timeline could not be decoded. */
    private static ArchivePorts unreadable(TimelineId timeline) {
        ArchivePorts real = installation.ports();
        WatermarkStore watermarks = new WatermarkStore() {
            @Override
            public CompletableFuture<TierState> state(TimelineId of, Deadline deadline) {
                return of.equals(timeline)
                        ? CompletableFuture.failedFuture(
                                new CorruptDataException("a stored cell cannot be decoded", Map.of(), null))
                        : real.watermarks().state(of, deadline);
            }

            @Override
            public CompletableFuture<Boolean> replace(
                    TimelineId of, TierState expected, TierState next, Deadline deadline) {
                return real.watermarks().replace(of, expected, next, deadline);
            }
        };
        return new ArchivePorts(real.store(), real.warm(), watermarks, real.policy());
    }

    private static ArchiveReport perform(ArchivePorts ports, ArchiveTask task) throws Exception {
        try (HBaseArchive other = installation.open(ports)) {
            return other.perform(task, ArchiveProgress.NONE).get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void dryRun_besideATaskOfTheSameServer_doesNotWait() throws Exception {
        installation.warm("beside", 30);
        AtomicReference<ArchiveReport> plan = new AtomicReference<>();
        Told told = new Told("settle", () -> {
            try {
                plan.set(installation
                        .archive()
                        .perform(new ArchiveTask.Run("dry", true), ArchiveProgress.NONE)
                        .get(20, TimeUnit.SECONDS));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        installation.perform(new ArchiveTask.Run("beside", false), told);

        assertThat(plan.get().figures()).containsEntry("entries", 30L);
    }

    @Test
    void run_oneTimelineCannotBeRead_theOthersMove_andItWaits() throws Exception {
        TimelineId broken = installation.warm("broken", 40);
        TimelineId sound = installation.warm("sound", 40);

        ArchiveReport report = perform(unreadable(broken), new ArchiveTask.Run("broken", false));

        assertThat(report.problems()).singleElement().asString().contains("broken", "cannot be decoded");
        assertThat(report.figures()).containsEntry("timelines_left_for_the_next", 1L);
        assertThat(installation.marks(sound).coldThrough()).isEqualTo(SequenceId.of(40));
        assertThat(installation.seqsInFiles(broken)).isEmpty();
        assertThat(installation.catalog().state().pending()).isEmpty();
        installation.perform(new ArchiveTask.Run("broken-2", false));
        assertThat(installation.marks(broken).coldThrough()).isEqualTo(SequenceId.of(40));
        assertThat(installation.verify()).isEmpty();
    }

    @Test
    void recovery_oneTimelineCannotBeRead_keepsItsFiles_andGoesOn() throws Exception {
        TimelineId broken = installation.warm("unsure", 40);
        TimelineId sound = installation.warm("sure", 40);
        Told death = new Told("settle", () -> {
            throw new StorageUnavailableException("died", Map.of(), null);
        });
        try (HBaseArchive other = installation.open(installation.ports())) {
            other.perform(new ArchiveTask.Run("unsure", false), death)
                    .handle((report, failure) -> failure)
                    .get(1, TimeUnit.MINUTES);
        }
        assertThat(installation.catalog().state().pending()).isPresent();

        ArchiveReport report = perform(unreadable(broken), new ArchiveTask.Expire(false));

        assertThat(report.problems()).singleElement().asString().contains("unsure", "cannot be decoded");
        assertThat(installation.catalog().state().pending()).isEmpty();
        assertThat(installation.marks(sound).coldThrough()).isEqualTo(SequenceId.of(40));
        assertThat(installation.seqsInFiles(broken)).hasSize(40);
        assertThat(installation.verify()).singleElement().asString().contains("unsure", "goes too far");
        installation.perform(new ArchiveTask.Restore(broken, SequenceId.FIRST, false));
        assertThat(installation.verify()).isEmpty();
        assertThat(installation.entries(broken)).isEqualTo(40);
        installation.hold(broken);
    }

    @Test
    void run_someExpiredBeforeAndOneErased_moves() throws Exception {
        TimelineId timeline = installation.warm("counted", 40);
        installation.drop(timeline, 10);
        Futures.get(installation.storage().warm().erase(timeline, WarmHistory.seqs(20, 20), soon()));

        ArchiveReport report = installation.perform(new ArchiveTask.Run("counted", false));

        assertThat(report.figures()).containsEntry("timelines_left_for_the_next", 0L);
        assertThat(installation.marks(timeline))
                .isEqualTo(new Watermarks(SequenceId.of(10), 10, SequenceId.of(40), SequenceId.of(40)));
        assertThat(installation.verify()).isEmpty();
    }

    @Test
    void run_heldMeanwhile_isTakenOutOfTheFilesAgain() throws Exception {
        TimelineId held = installation.warm("held", 40);
        TimelineId free = installation.warm("free", 40);
        // As a hold of an app: no timeline's epoch tells of it.
        Told told = new Told("settle", () -> installation.hold(held));

        ArchiveReport report = installation.perform(new ArchiveTask.Run("held", false), told);

        assertThat(report.figures()).containsEntry("timelines_left_for_the_next", 1L);
        assertThat(installation.marks(held).coldThrough()).isEqualTo(SequenceId.NONE);
        assertThat(installation.seqsInFiles(held)).isEmpty();
        assertThat(installation.marks(free).coldThrough()).isEqualTo(SequenceId.of(40));
        assertThat(installation.verify()).isEmpty();
        installation.due(held);
        installation.perform(new ArchiveTask.Run("held-2", false));
        assertThat(installation.seqsInFiles(held)).hasSize(40);
        assertThat(installation.verify()).isEmpty();
    }
}
