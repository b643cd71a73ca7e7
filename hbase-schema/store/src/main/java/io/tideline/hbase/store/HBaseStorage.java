package io.tideline.hbase.store;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.store.ReadMarkStore;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineInspector;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.TableSizes;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierRouter;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.tier.WatermarkStore;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.SchemaFinding;
import io.tideline.hbase.schema.TidelineSchema;
import io.tideline.hbase.schema.TimelineTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one HBase and the stores upon it. Opening blocks: it is for the start of a process.
 */
public final class HBaseStorage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HBaseStorage.class);
    private static final long OPEN_TIMEOUT_SECONDS = 60;

    /** For the first answer of ZooKeeper and of the master: longer than a failover of either. */
    private static final long REACH_TIMEOUT_SECONDS = 20;

    private static final long META_TIMEOUT_MILLIS = 5_000;

    /** 64 MiB of appends may wait: seconds of work for one region server, and far from a heap's end. */
    private static final long MAX_WAITING_BYTES = 64L * 1024 * 1024;

    /** What to do about tables that are not as they should be. */
    public enum SchemaMode {
        /** Look, and change nothing. */
        CHECK,
        /** Create tables that are missing. */
        CREATE,
        /** Create what is missing and alter what is of another version. */
        UPGRADE
    }

    private final AsyncConnection connection;
    private final ScheduledExecutorService timer;
    private final HBaseTimelineStore store;
    private final HBaseTimelineDirectory directory;
    private final HBaseTimelineInspector inspector;
    private final HBaseRecordStore records;
    private final HBaseReadMarkStore readMarks;
    private final HBaseActivityIndex activity;
    private final Tiers tiers;
    private final HBaseWatermarkStore watermarks;
    private final ScheduledExecutorService feedExecutor;
    private final HBaseChangeFeed changes;
    private final List<SchemaFinding> findings;
    private final String namespace;

    private HBaseStorage(
            AsyncConnection connection,
            ScheduledExecutorService timer,
            HBaseTimelineStore store,
            HBaseTimelineDirectory directory,
            HBaseTimelineInspector inspector,
            Tables tables,
            Tiers tiers,
            HeadQuestions questions,
            HeadReader heads,
            MetricRegistry metrics,
            List<SchemaFinding> findings) {
        this.connection = connection;
        this.timer = timer;
        this.store = store;
        this.directory = directory;
        this.inspector = inspector;
        this.records = new HBaseRecordStore(tables);
        this.readMarks = new HBaseReadMarkStore(tables, questions, heads);
        this.activity = new HBaseActivityIndex(tables);
        this.tiers = tiers;
        this.watermarks = new HBaseWatermarkStore(tables);
        this.feedExecutor = feedExecutor();
        FeedTimes times = FeedTimes.of(connection.getConfiguration());
        this.changes = new HBaseChangeFeed(
                new HBaseFeedRegions(tables, times.answerLimit()), times, feedExecutor, new FeedMetrics(metrics));
        this.findings = findings;
        this.namespace = tables.namespace();
    }

    /**
     * Connects, sees to the tables, and asks the sequencer of every table whether it is there. When it is not, or a table
     * is not as it must be, the storage opens all the same, says so in {@link #findings()} and the log, and refuses
     * appends: reading does no harm.
     *
     * @throws StorageUnavailableException when HBase cannot be reached
     */
    public static HBaseStorage open(Configuration given, SchemaConfig schema, SchemaMode mode, MetricRegistry metrics) {
        Configuration configuration = impatientWithMeta(given);
        // Bounded, and before anything else: where nobody answers, HBase's blocking client goes on for many minutes.
        AsyncConnection connection =
                within(REACH_TIMEOUT_SECONDS, ConnectionFactory.createAsyncConnection(configuration));
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tideline-store-timer");
            thread.setDaemon(true);
            return thread;
        });
        try {
            within(REACH_TIMEOUT_SECONDS, connection.getAdmin().getMaster());
            List<SchemaFinding> findings = prepareTables(configuration, schema, mode);
            return assemble(connection, timer, schema, findings, metrics);
        } catch (RuntimeException e) {
            timer.shutdownNow();
            closeQuietly(connection);
            throw e;
        }
    }

    /**
     * Where regions are is asked with HBase's own limits, a minute for one attempt: when the server of the meta table
     * stands still, every append would wait as long, although another server has had the table for most of it.
     */
    private static Configuration impatientWithMeta(Configuration given) {
        Configuration configuration = new Configuration(given);
        configuration.setLong("hbase.client.meta.read.rpc.timeout", META_TIMEOUT_MILLIS);
        configuration.setLong("hbase.client.meta.scanner.timeout.period", 2 * META_TIMEOUT_MILLIS);
        return configuration;
    }

    private static List<SchemaFinding> prepareTables(
            Configuration configuration, SchemaConfig config, SchemaMode mode) {
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Admin admin = connection.getAdmin()) {
            TidelineSchema schema = new TidelineSchema(admin, config);
            switch (mode) {
                case CHECK -> {}
                case CREATE -> schema.create();
                case UPGRADE -> schema.upgrade();
            }
            List<SchemaFinding> findings = schema.check();
            findings.forEach(
                    finding -> LOG.warn("table {}: {}", finding.table().name(config.namespace()), finding.finding()));
            return findings;
        } catch (IOException e) {
            throw new StorageUnavailableException("the tables cannot be prepared", Map.of(), e);
        }
    }

    private static HBaseStorage assemble(
            AsyncConnection connection,
            ScheduledExecutorService timer,
            SchemaConfig schema,
            List<SchemaFinding> findings,
            MetricRegistry registry) {
        Tables tables = new Tables(connection, schema.namespace());
        AppendBudget budget = new AppendBudget(MAX_WAITING_BYTES);
        StoreMetrics metrics = new StoreMetrics(registry, budget);
        Pauses pauses = new Pauses(timer);
        boolean sound = findings.stream().noneMatch(SchemaFinding::fatal);
        Map<TimelineTable, AppendLanes> lanes = new EnumMap<>(TimelineTable.class);
        for (TimelineTable table : TimelineTable.appendable()) {
            CarrierSender sender = new CarrierSender(tables.appending(table));
            RegionMap map = sound ? within(tables.regionMap(table)) : RegionMap.whole();
            lanes.put(
                    table, new AppendLanes(sender::send, map, () -> tables.regionMap(table), budget, pauses, metrics));
        }
        HeadQuestions questions = new HeadQuestions(tables);
        HeadReader heads = new HeadReader(tables, questions, pauses, metrics);
        EntryScanner scanner = new EntryScanner(tables);
        Tiers tiers = Tiers.of(tables, scanner);
        TierRouter router = new TierRouter(tiers.hot(), tiers.warm(), tiers.archive());
        HBaseTimelineStore store =
                new HBaseTimelineStore(lanes, new PageReader(scanner, router, heads, pauses, metrics), heads);
        HBaseTimelineDirectory directory = new HBaseTimelineDirectory(tables, heads);
        HBaseStorage storage = new HBaseStorage(
                connection,
                timer,
                store,
                directory,
                new HBaseTimelineInspector(tables, directory),
                tables,
                tiers,
                questions,
                heads,
                registry,
                findings);
        storage.refuseAppendsUnlessSound(tables);
        return storage;
    }

    /** One thread, on which also listeners are called; a barrier that is met takes its time limit out of the queue. */
    private static ScheduledExecutorService feedExecutor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "tideline-change-feed");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    private void refuseAppendsUnlessSound(Tables tables) {
        for (SchemaFinding finding : findings) {
            if (finding.fatal()) {
                refuse(finding.table(), finding.finding(), null);
                return;
            }
        }
        for (TimelineTable table : TimelineTable.appendable()) {
            try {
                within(new CarrierSender(tables.appending(table)).ping(new byte[] {0}));
            } catch (RuntimeException e) {
                refuse(table, "the sequencer does not answer or speaks another version", e);
                return;
            }
        }
    }

    private void refuse(TimelineTable table, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        LOG.error("appends are refused: table {}: {}", table, why, cause);
        store.refuseAppends(
                new SchemaMismatchException("appends are refused: " + why, Map.of("table", table.name()), cause));
    }

    private static <T> T within(CompletableFuture<T> future) {
        return within(OPEN_TIMEOUT_SECONDS, future);
    }

    private static <T> T within(long seconds, CompletableFuture<T> future) {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageUnavailableException("interrupted while HBase was opened", Map.of(), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new StorageUnavailableException("HBase cannot be reached", Map.of(), HBaseFailures.unwrap(e));
        }
    }

    public TimelineStore store() {
        return store;
    }

    public TimelineDirectory directory() {
        return directory;
    }

    public TimelineInspector inspector() {
        return inspector;
    }

    public RecordStore records() {
        return records;
    }

    public ReadMarkStore readMarks() {
        return readMarks;
    }

    /** On which days timelines have got entries that are still hot. */
    public ActivityIndex activity() {
        return activity;
    }

    /** The tables that timelines grow in, for those who move entries out of them. Of inboxes too. */
    public TableTier hot() {
        return tiers.hot();
    }

    public WarmTier warm() {
        return tiers.warm();
    }

    /** Of conversations and personal timelines. */
    public WatermarkStore watermarks() {
        return watermarks;
    }

    /** From now on reads up to the cold watermarks are served by {@code archive}; before, they fail. */
    public void archive(TierReader archive) {
        tiers.archive().set(archive);
    }

    /** What the tables of tiers take up. */
    public TableSizes sizes() {
        return new HBaseTableSizes(connection, namespace);
    }

    /** Asks HBase for changes from the first listener on, and only while there are listeners. */
    public ChangeFeed changes() {
        return changes;
    }

    /** Rewrites the files of all tables, so that what was replaced in them is gone. Costs a whole read and write of them. */
    public PhysicalPurge purge() {
        return new HBasePurge(connection, namespace);
    }

    /** What is not as this version would have it; empty when all is well. */
    public List<SchemaFinding> findings() {
        return List.copyOf(findings);
    }

    private static void closeQuietly(AsyncConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.warn("the connection to HBase did not close cleanly", e);
        }
    }

    /** Ends the connection; appends on their way fail with an unknown outcome. */
    @Override
    public void close() {
        changes.close();
        feedExecutor.shutdown();
        List<Runnable> pauses = timer.shutdownNow();
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            // Who pauses finds the connection closed and no further pause: it fails, and does not wait for ever.
            pauses.forEach(Runnable::run);
        }
    }
}
