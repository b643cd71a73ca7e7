package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that stands still for longer than its lease, while another one works, and then goes on. */
final class WriterTakeoverIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        installation = new Installation(
                hbase, "takeover", directory.resolve("archive").toUri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        installation.close();
        hbase.close();
    }

    private interface Meanwhile {
        void happens() throws Exception;
    }

    /** Stands still when a stage is first told of, and the lease ends. */
    private static final class Suspended implements ArchiveProgress {
        private final String stage;
        private final Meanwhile meanwhile;
        private final AtomicBoolean happened = new AtomicBoolean();

        Suspended(String stage, Meanwhile meanwhile) {
            this.stage = stage;
            this.meanwhile = meanwhile;
        }

        @Override
        public void at(String told, long done, long total) {
            if (!told.equals(stage) || happened.getAndSet(true)) {
                return;
            }
            try {
                Catalog catalog = installation.catalog();
                assertThat(catalog.hold(catalog.state().fence(), Catalog.Lease.NONE))
                        .isTrue();
                meanwhile.happens();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean isStopRequested() {
            return false;
        }
    }

    private static void assertLost(ArchiveTask task, String stage, Meanwhile meanwhile) throws Exception {
        Suspended suspended = new Suspended(stage, meanwhile);
        try (HBaseArchive other = installation.open(installation.ports())) {
            Throwable failure = other.perform(task, suspended)
                    .handle((report, thrown) -> thrown)
                    .get(1, TimeUnit.MINUTES);
            assertThat(suspended.happened).isTrue();
            assertThat(failure).isInstanceOf(OverloadedException.class);
        }
    }

    private static void assertWhole(TimelineId timeline, int entries) throws Exception {
        assertThat(installation.entries(timeline)).isEqualTo(entries);
        assertThat(installation.present()).isEqualTo(installation.liveFiles());
        assertThat(installation.verify()).isEmpty();
    }

    @Test
    void run_takenOverBeforeItWritesTheLocator_changesNothing() throws Exception {
        TimelineId timeline = installation.archived("run", 40);
        installation.history().append(timeline, 40, 80);
        installation.history().move(timeline, 80);

        assertLost(
                new ArchiveTask.Run("late", false),
                "settle",
                () -> installation.perform(new ArchiveTask.Compact(false)));

        assertWhole(timeline, 80);
    }

    @Test
    void expire_takenOverBeforeItWritesFiles_changesNothing() throws Exception {
        TimelineId timeline = installation.archived("expire", 40);
        installation.drop(timeline, 10);

        assertLost(new ArchiveTask.Expire(false), "rewrite", () -> installation.perform(new ArchiveTask.Expire(false)));

        assertWhole(timeline, 30);
    }
}
