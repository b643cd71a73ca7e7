package io.tideline.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.api.server.archive.TimedArchive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.OverloadedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class TimedArchiveTest {
    private final MetricRegistry metrics = new MetricRegistry();
    private final ScriptedArchive scripted = new ScriptedArchive();
    private long nanos = 5;
    private final TimedArchive archive = new TimedArchive(scripted, metrics, () -> nanos);

    @Test
    void perform_isTimedUntilItsEnd() {
        CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
        scripted.next(end);

        CompletableFuture<ArchiveReport> answer =
                archive.perform(new ArchiveTask.Run("b", false), ArchiveProgress.NONE);
        nanos += 1_000_000;
        end.complete(new ArchiveReport(Map.of("entries", 7L), List.of()));

        assertThat(answer.join().figures()).containsEntry("entries", 7L);
        assertThat(metrics.timer("archive.task.run").getCount()).isEqualTo(1);
        assertThat(metrics.timer("archive.task.run").getSnapshot().getMax()).isEqualTo(1_000_000);
        assertThat(metrics.meter("archive.failures").getCount()).isZero();
    }

    @Test
    void perform_dryRunOrFailure_isNoWorkThatWasDone() {
        scripted.next(CompletableFuture.failedFuture(new OverloadedException("busy", Map.of(), null)));

        assertThat(archive.perform(new ArchiveTask.Run("b", false), ArchiveProgress.NONE))
                .isCompletedExceptionally();
        archive.perform(new ArchiveTask.Run("b", true), ArchiveProgress.NONE).join();

        assertThat(metrics.getTimers()).isEmpty();
        assertThat(metrics.meter("archive.failures").getCount()).isEqualTo(1);
    }
}
