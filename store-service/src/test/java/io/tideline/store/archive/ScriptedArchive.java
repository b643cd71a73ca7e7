package io.tideline.store.archive;

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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** An archive that does what the test has told it, a task after the other, and else reports one entry. */
final class ScriptedArchive implements Archive {
    /** What a task comes to. */
    interface Act extends BiFunction<ArchiveTask, ArchiveProgress, CompletableFuture<ArchiveReport>> {}

    final List<ArchiveTask> performed = new ArrayList<>();
    private final Deque<Act> script = new ArrayDeque<>();

    void next(Act act) {
        script.add(act);
    }

    void nextFails(RuntimeException failure) {
        next((task, progress) -> CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
        return CompletableFuture.completedFuture(
                new ArchiveStatus("file:/a", 0, 0, 0, 0, Instant.EPOCH, "", "", Instant.EPOCH));
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
        return script.isEmpty()
                ? CompletableFuture.completedFuture(new ArchiveReport(Map.of("entries", 1L), List.of()))
                : script.remove().apply(task, progress);
    }
}
