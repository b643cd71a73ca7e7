package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores that die or are stopped: whatever task comes next completes or undoes them. */
final class RestoreDyingIT {
    private static final int ENTRIES = 120;

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        installation = new Installation(
                hbase, "dying", directory.resolve("archive").toUri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        installation.close();
        hbase.close();
    }

    /** After any other task, and after it was asked for again. */
    private static void assertCompleted(TimelineId timeline, long from, String at) throws Exception {
        assertThat(installation.verify()).as(at).isEmpty();
        assertThat(installation.catalog().state().pending()).as(at).isEmpty();
        long cold = installation.marks(timeline).coldThrough().value();
        assertThat(installation.seqsInFiles(timeline))
                .as(at)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, cold).boxed().toList());
        installation.perform(new ArchiveTask.Restore(timeline, SequenceId.of(from), false));
        assertThat(installation.marks(timeline).coldThrough()).as(at).isEqualTo(SequenceId.of(from - 1));
        assertThat(installation.seqsInFiles(timeline)).as(at).hasSize((int) from - 1);
        assertThat(installation.entries(timeline)).as(at).isEqualTo(ENTRIES);
        assertThat(installation.present()).as(at).isEqualTo(installation.liveFiles());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restore_diesAtEachOfItsCalls_isCompletedOrUndoneByTheNextTask(boolean done) throws Exception {
        TimelineId timeline = installation.archived("calls-" + done, ENTRIES);
        for (int calls = 0; calls < 40; calls++) {
            long from = ENTRIES - 2L * calls;
            DyingPorts dying = new DyingPorts(calls, done);
            try (HBaseArchive other = installation.open(dying.over(installation.ports()))) {
                other.perform(new ArchiveTask.Restore(timeline, SequenceId.of(from), false), dying.progress())
                        .handle((report, death) -> death)
                        .get(1, TimeUnit.MINUTES);
            }
            assertCompleted(timeline, from, "calls " + calls);
            if (!dying.isDead()) {
                assertThat(calls).as("calls of a restore").isGreaterThan(5);
                return;
            }
        }
        throw new AssertionError("a restore has more calls than this test expects");
    }

    @Test
    void restore_stoppedAtAnyTime_isCompletedOrUndoneByTheNextTask() throws Exception {
        TimelineId timeline = installation.archived("stopped", ENTRIES);
        long from = ENTRIES;
        boolean stopped = true;
        // Rows are few enough to be stopped at some of them, and in between at all other places.
        for (int asked = 0; stopped; asked += asked < 6 ? 1 : 37) {
            AtomicInteger left = new AtomicInteger(asked);
            ArchiveProgress stop = new ArchiveProgress() {
                @Override
                public void at(String stage, long at, long total) {
                    // Nobody looks.
                }

                @Override
                public boolean isStopRequested() {
                    return left.getAndDecrement() <= 0;
                }
            };
            Throwable failure;
            try (HBaseArchive other = installation.open(installation.ports())) {
                failure = other.perform(new ArchiveTask.Restore(timeline, SequenceId.of(from), false), stop)
                        .handle((report, thrown) -> thrown)
                        .get(1, TimeUnit.MINUTES);
            }
            stopped = failure != null;
            if (stopped) {
                assertThat(failure).isInstanceOf(OverloadedException.class);
            }
            assertCompleted(timeline, from, "asked " + asked);
            from -= 2;
        }
        assertThat(from).as("places to stop at").isLessThan(ENTRIES - 10L);
    }
}
