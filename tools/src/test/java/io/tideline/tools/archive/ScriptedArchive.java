package io.tideline.tools.archive;

import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An archive that keeps what it was asked for and comes to what it was told, and else to three entries in one file. */
final class ScriptedArchive implements Archive {
    final Queue<ArchiveTask> performed = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<ArchiveReport>> script = new ConcurrentLinkedQueue<>();

    void next(ArchiveReport report) {
        script.add(CompletableFuture.completedFuture(report));
    }

    void nextIsBusy() {
        script.add(CompletableFuture.failedFuture(new OverloadedException("another task is at work", Map.of(), null)));
    }

    void nextFails(RuntimeException failure) {
        script.add(CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
        return CompletableFuture.completedFuture(new ArchiveStatus(
                "file:/archive",
                3,
                1_000,
                40_000,
                7,
                Instant.EPOCH,
                "",
                "night-6",
                Instant.ofEpochSecond(1_700_000_000)));
    }

    /** All of it, in one file of a hundred bytes an entry. */
    @Override
    public CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline) {
        return CompletableFuture.completedFuture(
                new ColdContent(range.first(), range.last(), range.length(), 1, 100 * range.length()));
    }

    @Override
    public CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
        performed.add(task);
        progress.at("write files", 2, 3);
        CompletableFuture<ArchiveReport> next = script.poll();
        return next == null
                ? CompletableFuture.completedFuture(new ArchiveReport(Map.of("entries", 3L, "files", 1L), List.of()))
                : next;
    }
}
