package io.tideline.tools.command;

import io.tideline.tools.importing.ImportCounters;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far an import is: a bar on a terminal, else a line now and then, so that logs stay readable. */
final class ImportProgress implements AutoCloseable {
    private static final long BAR_MILLIS = 250;
    private static final long LINE_MILLIS = 5_000;
    private static final int BAR_COLUMNS = 110;

    private final ScheduledExecutorService clock;
    private final ScheduledFuture<?> ticking;
    private final AutoCloseable display;

    private ImportProgress(Runnable tick, long everyMillis, AutoCloseable display) {
        this.display = display;
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "import-progress");
            thread.setDaemon(true);
            return thread;
        });
        this.ticking = clock.scheduleAtFixedRate(tick, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    }

    /** @param fileBytes what {@link ImportCounters#bytesRead} counts up to */
    static ImportProgress show(ImportCounters counters, long fileBytes, PrintWriter err) {
        // Set by the launcher: Java cannot tell whether stderr is a terminal.
        return Boolean.getBoolean("tideline.terminal") ? bar(counters, fileBytes) : lines(counters, fileBytes, err);
    }

    private static ImportProgress bar(ImportCounters counters, long fileBytes) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("import")
                .setInitialMax(fileBytes)
                .setUnit(" KiB", 1024)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) BAR_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, BAR_COLUMNS))
                .build();
        Rate rate = new Rate(counters);
        Runnable tick = () -> {
            bar.stepTo(counters.bytesRead());
            bar.setExtraMessage(" %,d messages, %,d/s".formatted(counters.settled(), rate.perSecond()));
        };
        return new ImportProgress(tick, BAR_MILLIS, () -> {
            tick.run();
            bar.close();
        });
    }

    private static ImportProgress lines(ImportCounters counters, long fileBytes, PrintWriter err) {
        Rate rate = new Rate(counters);
        Runnable tick = () -> {
            long percent = fileBytes == 0 ? 100 : counters.bytesRead() * 100 / fileBytes;
            err.println("tideline: import: %,d messages, %,d/s, %d %% of the file read"
                    .formatted(counters.settled(), rate.perSecond(), percent));
            err.flush();
        };
        return new ImportProgress(tick, LINE_MILLIS, () -> {});
    }

    @Override
    public void close() {
        ticking.cancel(false);
        clock.shutdownNow();
        try {
            display.close();
        } catch (Exception cosmetic) {
            // The import is what counts; its outcome must not depend on how it was shown.
            return;
        }
    }

    /** Messages a second since the beginning of the run. */
    private static final class Rate {
        private final ImportCounters counters;
        private final long begin = System.nanoTime();

        Rate(ImportCounters counters) {
            this.counters = counters;
        }

        long perSecond() {
            double seconds = (System.nanoTime() - begin) / 1e9;
            return seconds <= 0 ? 0 : Math.round(counters.settled() / seconds);
        }
    }
}
