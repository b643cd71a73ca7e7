package io.tideline.tools.bench;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.archive.ArchiveConfig;
import io.tideline.hbase.archive.ArchivePorts;
import io.tideline.hbase.archive.HBaseArchive;
import io.tideline.hbase.embedded.EmbeddedFileSystem;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.scheduler.SchedulerConfig;
import io.tideline.scheduler.SchedulerPorts;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.scheduler.TierPolicies;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.util.Bytes;

/** Tables of their own in the benchmark's HBase, and an archive beside them, used without a server. */
final class TierStorage implements AutoCloseable {
    private static final int REGIONS = 4;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 100_000_000;

    private final Path root;
    private final String namespace;
    private final HBaseStorage storage;
    private final HBaseArchive archive;

    private TierStorage(Path root, String namespace, HBaseStorage storage, HBaseArchive archive) {
        this.root = root;
        this.namespace = namespace;
        this.storage = storage;
        this.archive = archive;
    }

    /**
     * Makes the tables.
     *
     * @param quorum "host:port" of ZooKeeper
     * @param directory of the embedded HBase behind it
     * @param namespace of the tables
     */
    static TierStorage open(String quorum, Path directory, String namespace) {
        Configuration configuration = PlainHBase.configuration(quorum);
        configuration.set("hbase.rootdir", directory.resolve("hbase").toUri().toString());
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        configuration.set("fs.file.impl", EmbeddedFileSystem.class.getName());
        SchemaConfig schema = new SchemaConfig(namespace, REGIONS, Duration.ofDays(1), Duration.ofDays(1), null);
        HBaseStorage storage =
                HBaseStorage.open(configuration, schema, HBaseStorage.SchemaMode.CREATE, new MetricRegistry());
        ArchivePolicy all = (timelines, deadline) -> {
            Map<TimelineId, TierLimit> limits = new HashMap<>();
            timelines.forEach(timeline -> limits.put(timeline, TierLimit.age(Duration.ZERO)));
            return CompletableFuture.completedFuture(limits);
        };
        HBaseArchive archive = HBaseArchive.open(
                configuration,
                ArchiveConfig.at(
                        directory.resolve("archive-" + namespace).toUri().toString(), namespace),
                new ArchivePorts(storage.store(), storage.warm(), storage.watermarks(), all),
                new MetricRegistry());
        storage.archive(archive.reader());
        return new TierStorage(directory.resolve("hbase"), namespace, storage, archive);
    }

    /** Moves what is older than a week; passes only when asked. */
    StoreScheduler scheduler(double entriesPerSecond) {
        SchedulerConfig config = SchedulerConfig.named("bench").withPace(entriesPerSecond);
        SchedulerPorts ports = new SchedulerPorts(
                storage.store(),
                storage.records(),
                storage.hot(),
                storage.warm(),
                storage.watermarks(),
                storage.activity());
        TierPolicies policies = new TierPolicies(TierLimit.age(Duration.ofDays(7)), Map.of());
        return new StoreScheduler(ports, policies, config, InstantSource.system(), new MetricRegistry());
    }

    CompletableFuture<?> append(TimelineId timeline, List<NewEntry> entries) {
        return storage.store().append(new TimelineAppend(timeline, entries), Deadline.after(TIMEOUT));
    }

    /** The page of 20 before a seq. */
    void page(TimelineId timeline, long from) {
        ReadQuery query = new ReadQuery(
                timeline,
                SequenceId.of(from),
                SequenceId.NONE,
                Direction.BACKWARD,
                20,
                ReadQuery.DEFAULT_MAX_BYTES,
                SequenceId.NONE);
        TimelinePage page = TidelineLoad.await(storage.store().read(query, Deadline.after(TIMEOUT)));
        TidelineLoad.require(page.entries().size(), (int) Math.min(20, from), "entries");
    }

    /** All of a timeline, as the scheduler moves it. */
    CompletableFuture<Void> move(TimelineId timeline, long last) {
        EntryRange range = EntryRange.of(timeline, 1, last);
        Deadline deadline = Deadline.after(TIMEOUT);
        return storage.warm()
                .copyFromHot(range, deadline)
                .thenCompose(copied -> storage.watermarks().state(timeline, deadline))
                .thenCompose(state -> {
                    TierState next = state.moved(state.watermarks().withWarmThrough(SequenceId.of(last)));
                    return storage.watermarks().replace(timeline, state, next, deadline);
                })
                .thenCompose(done -> storage.hot().release(timeline, SequenceId.of(last), deadline));
    }

    /** Moves everything that is warm into files. */
    ArchiveReport archive() {
        return TidelineLoad.await(archive.perform(new ArchiveTask.Run("bench", false), ArchiveProgress.NONE));
    }

    /** Compacts all tables wholly; what was let go of is gone then. */
    void compact() {
        Instant since = Instant.now();
        while (!TidelineLoad.await(storage.purge().purge(since, Deadline.after(TIMEOUT)))) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** What entries take on disk in a table, after {@link #compact()}: what it has replaced lies there for minutes. */
    long bytes(TimelineTable table) {
        try (Stream<Path> regions = Files.list(root.resolve("data")
                .resolve(namespace)
                .resolve(table.name(namespace).getQualifierAsString()))) {
            return regions.mapToLong(TierStorage::newestFile).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long newestFile(Path region) {
        Path family = region.resolve(Bytes.toString(SchemaNames.ENTRY_FAMILY));
        if (!Files.isDirectory(family)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(family)) {
            return files.map(Path::toFile)
                    .filter(File::isFile)
                    .max(Comparator.comparingLong(File::lastModified))
                    .map(File::length)
                    .orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        archive.close();
        storage.close();
    }
}
