package io.tideline.hbase.archive;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.archive.ColdContent;
import io.tideline.core.erase.ColdErasure;
import io.tideline.core.erase.Rewritten;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryLocator;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.Tier;
import io.tideline.core.tier.TierReader;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;

/**
 * The cold tier of one installation: an Iceberg table on a file system, its pointer and its locator in HBase. Opening blocks.
 *
 * <p>Files have one writer at a time, in whatever process, which holds a lease in the catalog. Reading takes no lease.
 */
public final class HBaseArchive implements Archive, ColdErasure, EntryLocator, AutoCloseable {
    private static final int WAITING_TASKS = 16;
    /** Between two looks at what other servers have run. */
    private static final int LOOK_SECONDS = 60;
    /** Between two looks whether the writer has ended. */
    private static final int TURN_MILLIS = 500;

    private final Connection connection;
    private final AsyncConnection async;
    private final InstantSource clock;
    private final ArchiveConfig config;
    private final ArchivePorts ports;
    private final FileLayout layout;
    private final EntryFiles files;
    private final Catalog catalog;
    private final Locators locators;
    private final ColdReader reader;
    private final ArchiveWork work;
    private final MetricRegistry metrics;
    private final ThreadPoolExecutor tasks;
    private final ThreadPoolExecutor previews;
    private final ThreadPoolExecutor checks;
    private final ScheduledExecutorService timer;
    private final ArchiveLag lag;
    private final ScheduledFuture<?> looks;
    private final String holder = ManagementFactory.getRuntimeMXBean().getName() + "/" + UUID.randomUUID();

    private HBaseArchive(
            Configuration configuration,
            Connection connection,
            AsyncConnection async,
            ArchiveConfig config,
            ArchivePorts ports,
            InstantSource clock,
            MetricRegistry metrics) {
        this.connection = connection;
        this.async = async;
        this.clock = clock;
        this.config = config;
        this.metrics = metrics;
        this.ports = ports;
        this.layout = new FileLayout(configuration, config.location());
        this.files = new EntryFiles(layout, config.footerBytes());
        TableName cold = TimelineTable.COLD.name(config.namespace());
        this.catalog = new Catalog(connection, cold);
        this.locators = new Locators(async, cold);
        this.reader = new ColdReader(locators, files, config.readers(), config.cacheBytes(), metrics);
        ArchivePlanner planner = new ArchivePlanner(connection, TimelineTable.HOT.name(config.namespace()), ports);
        ArchiveJob job = new ArchiveJob(
                configuration, connection, layout, config, TimelineTable.WARM.name(config.namespace()), planner);
        this.work = new ArchiveWork(
                ports,
                layout,
                files,
                locators,
                reader,
                catalog,
                planner,
                job,
                new Rewriter(layout, files, config.fileBytes()),
                config,
                clock);
        // One: tasks exclude each other anyway, and each may hold several row groups.
        this.tasks = oneThread("tideline-archive");
        this.previews = oneThread("tideline-archive-preview");
        this.checks = oneThread("tideline-archive-check");
        this.timer = Executors.newSingleThreadScheduledExecutor(threads("tideline-archive-lease"));
        this.lag = new ArchiveLag(catalog, clock, metrics);
        this.looks = timer.scheduleWithFixedDelay(lag::refresh, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static ThreadPoolExecutor oneThread(String name) {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_TASKS), threads(name));
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Opens the archive; it comes into being with the first task.
     *
     * @param configuration of HBase and Hadoop, and of MapReduce where jobs shall not run in this process
     * @throws StorageUnavailableException when HBase cannot be reached
     */
    public static HBaseArchive open(
            Configuration configuration, ArchiveConfig config, ArchivePorts ports, MetricRegistry metrics) {
        try {
            return new HBaseArchive(
                    configuration,
                    ConnectionFactory.createConnection(configuration),
                    Futures.get(ConnectionFactory.createAsyncConnection(configuration)),
                    config,
                    ports,
                    InstantSource.system(),
                    metrics);
        } catch (IOException e) {
            throw new StorageUnavailableException("HBase cannot be reached", Map.of(), e);
        }
    }

    /** Reads of what the watermarks say is in files. */
    public TierReader reader() {
        return reader;
    }

    @Override
    public CompletableFuture<ArchiveStatus> status(Deadline deadline) {
        return onThread(() -> {
            Catalog.State state = catalog.state();
            ArchiveTable table = ArchiveTable.find(catalog, layout);
            Snapshot current = table == null ? null : table.currentSnapshot();
            List<DataFile> live =
                    table == null ? List.of() : List.copyOf(table.live().values());
            return new ArchiveStatus(
                    config.location(),
                    live.size(),
                    live.stream().mapToLong(DataFile::recordCount).sum(),
                    live.stream().mapToLong(DataFile::fileSizeInBytes).sum(),
                    table == null ? 0 : table.version(),
                    current == null ? Instant.EPOCH : Instant.ofEpochMilli(current.timestampMillis()),
                    state.lease().isHeld(clock.instant())
                            ? state.lease().doing() + " by " + state.lease().holder()
                            : "",
                    state.pending().map(Catalog.Pending::shown).orElse(""),
                    state.lastRun().map(Catalog.LastRun::planned).orElse(Instant.EPOCH));
        });
    }

    @Override
    public CompletableFuture<ColdContent> content(EntryRange range, Deadline deadline) {
        return locators.find(range, deadline)
                .thenCompose(found -> onThread(() -> {
                    ArchiveTable table = ArchiveTable.find(catalog, layout);
                    return ColdContents.of(range, found.slices(), table == null ? Map.of() : table.live());
                }));
    }

    @Override
    public CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
        if (task instanceof ArchiveTask.Verify verify && !verify.rebuild()) {
            return on(checks, () -> verify(verify, progress));
        }
        if (task.dryRun()) {
            return on(previews, () -> work.preview(task, progress));
        }
        return on(tasks, () -> {
            ArchiveReport report = inSession(task.getClass().getSimpleName(), progress, session -> {
                ArchiveReport of = work.perform(task, session);
                return of.withProblems(session.problems());
            });
            if (task instanceof ArchiveTask.Run) {
                lag.refresh();
                count("entries", report);
                count("bytes", report);
            }
            return report;
        });
    }

    /** Beside whoever writes; about what is not in order then, it waits for its turn to be sure. */
    private ArchiveReport verify(ArchiveTask.Verify task, ArchiveProgress progress) throws IOException {
        FileCheck.Verification verification = work.verification(task);
        if (work.isInOrder(verification, progress)) {
            return verification.report();
        }
        while (true) {
            Optional<WriterSession> turn =
                    WriterSession.beginIfFree(catalog, clock, config.lease(), holder, "Verify", progress, timer);
            if (turn.isPresent()) {
                try (WriterSession session = turn.get()) {
                    return recovered(
                            session, own -> work.verify(verification, own).withProblems(own.problems()));
                }
            }
            WriterSession.checkpoint(progress);
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OverloadedException("the task was asked to stop", Map.of(), e);
        }
    }

    private void count(String figure, ArchiveReport report) {
        metrics.counter("archive.moved." + figure).inc(report.figures().getOrDefault(figure, 0L));
    }

    private interface SessionWork<T> {
        T in(WriterSession session) throws IOException;
    }

    private <T> T inSession(String doing, ArchiveProgress progress, SessionWork<T> what) throws IOException {
        try (WriterSession session =
                WriterSession.begin(catalog, clock, config.lease(), holder, doing, progress, timer)) {
            return recovered(session, what);
        }
    }

    private <T> T recovered(WriterSession session, SessionWork<T> what) throws IOException {
        try {
            work.recover(session);
            return what.in(session);
        } catch (IOException | RuntimeException e) {
            // What one meets who is the writer no more, a file that is gone, says nothing about the archive.
            session.requireWriter();
            throw e;
        }
    }

    @Override
    public CompletableFuture<Integer> erase(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
        if (seqs.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        // What never was warm is in no file, and in no snapshot that one is being made of.
        return ports.watermarks().state(timeline, deadline).thenCompose(state -> {
            if (state.watermarks().warmThrough().isNone()) {
                return CompletableFuture.completedFuture(0);
            }
            EntryRange range = new EntryRange(timeline, min(seqs), max(seqs));
            return locators.find(range, deadline)
                    .thenCompose(found -> locators.erase(timeline, seqs).thenApply(done -> (int) seqs.stream()
                            .filter(seq -> isNew(seq.value(), found))
                            .count()));
        });
    }

    @Override
    public CompletableFuture<Map<String, String>> locate(
            TimelineId timeline, SequenceId seq, Tier tier, Deadline deadline) {
        if (tier != Tier.COLD) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return locators.find(new EntryRange(timeline, seq, seq), deadline).thenApply(found -> found.slices().stream()
                .findFirst()
                .map(slice -> Map.of(
                        "file", layout.data(slice.file()).toString(),
                        "row", Long.toString(slice.rowOf(seq.value())),
                        "stretch", slice.first() + ".." + slice.last()))
                .orElse(Map.of()));
    }

    private static boolean isNew(long seq, Locators.Found found) {
        return !found.erased().contains(seq)
                && found.slices().stream().anyMatch(slice -> slice.first() <= seq && seq <= slice.last());
    }

    private static SequenceId min(List<SequenceId> seqs) {
        return seqs.stream().reduce(seqs.get(0), (a, b) -> a.isAfter(b) ? b : a);
    }

    private static SequenceId max(List<SequenceId> seqs) {
        return seqs.stream().reduce(seqs.get(0), SequenceId::max);
    }

    @Override
    public TierReader asStored() {
        return reader.asStored();
    }

    /** Writes files anew that have erased entries, all of them, after what a dead writer has left half done. */
    @Override
    public CompletableFuture<Optional<Rewritten>> rewrite(Deadline deadline) {
        return on(tasks, () -> {
            try {
                return inSession("Purge", ArchiveProgress.NONE, session -> Optional.of(work.purge(session)));
            } catch (OverloadedException busy) {
                return Optional.empty();
            }
        });
    }

    private static <T> CompletableFuture<T> on(ThreadPoolExecutor executor, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(result, task));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new OverloadedException("too many tasks of the archive wait", Map.of(), e));
        }
        return result;
    }

    private <T> CompletableFuture<T> onThread(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        timer.execute(() -> complete(result, task));
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> task) {
        try {
            result.complete(task.call());
        } catch (Throwable e) { // Hadoop reports a broken disk as an Error, and whoever waits must hear of others, too.
            result.completeExceptionally(ArchiveFailures.translated(e));
        }
    }

    /** What is under way in this process is given up; the next writer completes or undoes it. */
    @Override
    public void close() {
        tasks.shutdownNow();
        previews.shutdownNow();
        checks.shutdownNow();
        looks.cancel(false);
        timer.shutdownNow();
        reader.close();
        try {
            async.close();
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
