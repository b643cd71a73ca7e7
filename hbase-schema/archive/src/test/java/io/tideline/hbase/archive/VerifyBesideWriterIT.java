package io.tideline.hbase.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are verified while others write to the archive. */
final class VerifyBesideWriterIT {
    private static final ArchiveTask ALL = new ArchiveTask.Verify(Optional.empty(), false);

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static Installation installation;

    @BeforeAll
    static void start() throws Exception {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
        installation = new Installation(
                hbase, "verifying", directory.resolve("archive").toUri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        installation.close();
        hbase.close();
    }

    private static CompletableFuture<ArchiveReport> verification(ArchiveProgress progress) {
        return installation.archive().perform(ALL, progress);
    }

    private static long write() throws Exception {
        return installation
                .catalog()
                .acquire("another", Duration.ofMinutes(5), "Compact", Instant.now())
                .orElseThrow();
    }

    private static void end(long fence) throws Exception {
        assertThat(installation.catalog().hold(fence, Catalog.Lease.NONE)).isTrue();
    }

    @Test
    void whileAnotherWrites_whatIsInOrderIsVerified() throws Exception {
        TimelineId timeline = installation.archived("order", 200);
        long fence = write();
        Catalog.State before = installation.catalog().state();

        ArchiveReport all = verification(ArchiveProgress.NONE).get(1, TimeUnit.MINUTES);
        ArchiveReport one = installation.perform(new ArchiveTask.Verify(Optional.of(timeline), false));

        assertThat(List.of(all, one)).allSatisfy(report -> {
            assertThat(report.problems()).isEmpty();
            assertThat(report.figures().get("entries")).isGreaterThanOrEqualTo(200);
        });
        assertThat(installation.catalog().state()).isEqualTo(before);
        end(fence);
    }

    @Test
    void whileAnotherWrites_whatIsWrongIsToldOnceItHasEnded() throws Exception {
        installation.archived("wrong", 200);
        long files = installation.liveFiles().size();
        String file = installation.liveFiles().iterator().next();
        Path path = directory.resolve("archive/data").resolve(file);
        byte[] good = Files.readAllBytes(path);
        Files.delete(path);
        long fence = write();

        CompletableFuture<ArchiveReport> waiting = verification(ArchiveProgress.NONE);
        end(fence);
        ArchiveReport report = waiting.get(1, TimeUnit.MINUTES);
        assertThat(report.problems()).contains("a file is missing: " + file);
        assertThat(report.figures()).containsEntry("files", files - 1);
        Files.write(path, good);
        assertThat(installation.verify()).isEmpty();
    }

    @Test
    void besideARun_waitsWithWhatTheRunIsChanging() throws Exception {
        TimelineId timeline = installation.warm("running", 100);
        AtomicReference<CompletableFuture<ArchiveReport>> beside = new AtomicReference<>();
        ArchiveProgress begins = new ArchiveProgress() {
            @Override
            public void at(String stage, long done, long total) {
                // The files are committed, and the locator does not know of them yet.
                if (stage.equals("settle") && beside.get() == null) {
                    beside.set(verification(ArchiveProgress.NONE));
                }
            }

            @Override
            public boolean isStopRequested() {
                return false;
            }
        };

        installation.perform(new ArchiveTask.Run("running", false), begins);

        assertThat(beside.get().get(1, TimeUnit.MINUTES).problems()).isEmpty();
        assertThat(installation.entries(timeline)).isEqualTo(100);
    }
}
