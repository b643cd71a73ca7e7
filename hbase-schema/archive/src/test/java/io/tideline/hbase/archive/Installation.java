package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.TierLimit;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.store.HBaseStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;

/** Tables in a namespace of their own, one region each, and an archive; several may share an HBase. */
final class Installation implements AutoCloseable {
    private final Configuration configuration;
    private final String namespace;
    private final String location;
    private final HBaseStorage storage;
    private final WarmHistory history;
    private final HBaseArchive archive;
    private final Connection connection;
    private final AsyncConnection async;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<TimelineId, TierLimit> limits = new ConcurrentHashMap<>();

    /**
     * Makes the tables.
     *
     * @param location of the archive, with a scheme
     */
    Installation(EmbeddedHBase hbase, String namespace, String location) throws IOException {
        this(hbase.clientConfiguration(), namespace, location);
    }

    Installation(Configuration configuration, String namespace, String location) throws IOException {
        this.configuration = configuration;
        this.namespace = namespace;
        this.location = location;
        this.storage = HBaseStorage.open(
                configuration,
                new SchemaConfig(namespace, 1, Duration.ofDays(1), Duration.ofDays(1), null),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
        this.history = new WarmHistory(storage);
        this.connection = ConnectionFactory.createConnection(configuration);
        this.async = Futures.get(ConnectionFactory.createAsyncConnection(configuration));
        this.archive = open(ports());
        storage.archive(archive.reader());
    }

    ArchivePorts ports() {
        ArchivePolicy policy = (timelines, deadline) -> {
            Map<TimelineId, TierLimit> known = new HashMap<>(limits);
            known.keySet().retainAll(timelines);
            return CompletableFuture.completedFuture(known);
        };
        return new ArchivePorts(storage.store(), storage.warm(), storage.watermarks(), policy);
    }

    HBaseArchive open(ArchivePorts ports) {
        return HBaseArchive.open(configuration, ArchiveConfig.at(location, namespace), ports, new MetricRegistry());
    }

    /** An archive whose directory is another. */
    HBaseArchive openAt(String other) {
        return HBaseArchive.open(configuration, ArchiveConfig.at(other, namespace), ports(), new MetricRegistry());
    }

    HBaseStorage storage() {
        return storage;
    }

    WarmHistory history() {
        return history;
    }

    HBaseArchive archive() {
        return archive;
    }

    Connection connection() {
        return connection;
    }

    /** Asks for what only the archive's inner parts ask for. */
    AsyncConnection async() {
        return async;
    }

    /** Becomes the writer, for a test that plays its part. */
    WriterSession session() throws IOException {
        return WriterSession.begin(
                catalog(), InstantSource.system(), Duration.ofMinutes(1), "test", "Test", ArchiveProgress.NONE, timer);
    }

    TableName cold() {
        return TimelineTable.COLD.name(namespace);
    }

    Catalog catalog() {
        return new Catalog(connection, cold());
    }

    FileLayout layout() {
        return new FileLayout(configuration, location);
    }

    /** Lets the next run archive all that is warm of a timeline. */
    void due(TimelineId timeline) {
        limits.put(timeline, TierLimit.age(Duration.ofDays(365)));
    }

    void hold(TimelineId timeline) {
        limits.remove(timeline);
    }

    /** A timeline that has so many entries, all of them in the warm table and due. */
    TimelineId warm(String name, int entries) {
        TimelineId timeline = TimelineId.conversation("app", name);
        history.append(timeline, entries);
        history.move(timeline, entries);
        due(timeline);
        return timeline;
    }

    /** A timeline that has so many entries, all of them in files. */
    TimelineId archived(String name, int entries) throws Exception {
        TimelineId timeline = warm(name, entries);
        perform(new ArchiveTask.Run("batch-" + name, false));
        assertThat(marks(timeline).coldThrough()).isEqualTo(SequenceId.of(entries));
        return timeline;
    }

    /** Retention drops what is up to a seq. */
    void drop(TimelineId timeline, long through) {
        TierState state = await(storage.watermarks().state(timeline, soon()));
        TierState next = state.moved(state.watermarks().withExpiredThrough(SequenceId.of(through), through));
        assertThat(await(storage.watermarks().replace(timeline, state, next, soon())))
                .isTrue();
    }

    ArchiveReport perform(ArchiveTask task) throws Exception {
        return archive.perform(task, ArchiveProgress.NONE).get(2, TimeUnit.MINUTES);
    }

    ArchiveReport perform(ArchiveTask task, ArchiveProgress progress) throws Exception {
        return archive.perform(task, progress).get(2, TimeUnit.MINUTES);
    }

    List<String> verify() throws Exception {
        return perform(new ArchiveTask.Verify(Optional.empty(), false)).problems();
    }

    Watermarks marks(TimelineId timeline) {
        return await(storage.watermarks().state(timeline, soon())).watermarks();
    }

    int entries(TimelineId timeline) {
        return history.entries(timeline, Direction.FORWARD).size();
    }

    Set<String> liveFiles() throws IOException {
        ArchiveTable table = ArchiveTable.find(catalog(), layout());
        return table == null ? Set.of() : table.live().keySet();
    }

    /** Files of entries that lie in the directory. */
    Set<String> present() throws IOException {
        Set<String> names = new TreeSet<>();
        for (FileStatus file : layout().fileSystem().listStatus(layout().data())) {
            names.add(file.getPath().getName());
        }
        return names;
    }

    /** The seqs of the rows that live files have of a timeline. */
    List<Long> seqsInFiles(TimelineId timeline) throws IOException {
        List<Long> seqs = new ArrayList<>();
        for (String file : liveFiles()) {
            try (EntryFiles.Scan scan = new EntryFiles(layout(), 0).scan(file)) {
                while (scan.next()) {
                    if (Keys.timeline(Keys.prefix(scan.key())).equals(timeline)) {
                        seqs.add(scan.row().seq());
                    }
                }
            }
        }
        return seqs;
    }

    /** All that lies in the directory of the archive. */
    static Set<String> tree(java.nio.file.Path directory) throws IOException {
        try (java.util.stream.Stream<java.nio.file.Path> files = java.nio.file.Files.walk(directory)) {
            Set<String> names = new TreeSet<>();
            files.forEach(file -> names.add(directory.relativize(file).toString()));
            return names;
        }
    }

    Path root() {
        return layout().root();
    }

    @Override
    public void close() throws IOException {
        archive.close();
        storage.close();
        timer.shutdownNow();
        async.close();
        connection.close();
    }
}
