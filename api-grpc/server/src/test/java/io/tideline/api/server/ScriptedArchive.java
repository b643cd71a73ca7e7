package io.tideline.api.server;

import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An archive that keeps what it was asked for and comes to what it was told, and else to three entries in one file. */
final class ScriptedArchive implements Archive {
    static final Instant COMMITTED = Instant.parse("2026-03-04T05:06:07Z");

    final Queue<ArchiveTask> performed = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<ArchiveReport>> script = new ArrayDeque<>();
    volatile ArchiveStatus status = new ArchiveStatus(
            "file:/archive", 3, 1_000, 40_000, 7, COMMITTED, "run by one", "batch-6", COMMITTED.minusSeconds(60));

    synchronized void next(CompletableFuture<ArchiveReport> end) {
        script.add(end);
    }

    @Override
    public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
        return CompletableFuture.completedFuture(status);
    }

    /** All of it, in one file of a hundred bytes an entry. */
    @Override
    public CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline) {
        return CompletableFuture.completedFuture(
                new ColdContent(range.first(), range.last(), range.length(), 1, 100 * range.length()));
    }

    @Override
    public synchronized CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
        performed.add(task);
        return script.isEmpty()
                ? CompletableFuture.completedFuture(new ArchiveReport(Map.of("entries", 3L, "files", 1L), List.of()))
                : script.remove();
    }
}
