package io.tideline.api.server.archive;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * An archive whose tasks are timed: {@code archive.task.run} and so on, by what they are, those that were done, without dry
 * runs. {@code archive.failures} counts those that failed.
 */
public final class TimedArchive implements Archive {
    private final Archive archive;
    private final MetricRegistry metrics;
    private final LongSupplier ticker;

    /**
     * The same archive, timed.
     *
     * @param ticker nanoseconds that have passed since whenever
     */
    public TimedArchive(Archive archive, MetricRegistry metrics, LongSupplier ticker) {
        this.archive = archive;
        this.metrics = metrics;
        this.ticker = ticker;
    }

    @Override
    public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
        return archive.status(deadline);
    }

    @Override
    public CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline) {
        return archive.content(range, deadline);
    }

    @Override
    public CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
        long begun = ticker.getAsLong();
        return archive.perform(task, progress).whenComplete((report, failure) -> {
            if (failure != null) {
                metrics.meter("archive.failures").mark();
            } else if (!task.dryRun() || task instanceof ArchiveTask.Verify) {
                String name = task.getClass().getSimpleName().toLowerCase(Locale.ROOT);
                metrics.timer("archive.task." + name).update(ticker.getAsLong() - begun, TimeUnit.NANOSECONDS);
            }
        });
    }
}
