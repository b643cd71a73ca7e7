package io.tideline.tools;

import com.codahale.metrics.MetricRegistry;
import io.tideline.api.server.HistoryPorts;
import io.tideline.api.server.MessagingStorage;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.ServerSecurity;
import io.tideline.api.server.StorageInfo;
import io.tideline.api.server.TidelineServer;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.core.archive.Archive;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineInspection;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.archive.export.ParquetExportFormat;
import io.tideline.store.erase.EraseConfig;
import io.tideline.store.erase.ErasePorts;
import io.tideline.store.operation.OperationConfig;
import io.tideline.store.search.IndexFeeder;
import io.tideline.store.search.SearchConfig;
import io.tideline.store.search.SearchPorts;
import io.tideline.store.search.SearchService;
import io.tideline.store.search.lucene.LuceneIndexes;
import io.tideline.sync.watch.WatchConfig;
import io.tideline.sync.watch.WatchHub;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The command line against a real server over storage in memory, which outlives restarts of the server. */
public final class CliFixture implements AutoCloseable {
    public final InMemoryTimelineStore memory;
    public final FaultyStore store;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final MetricRegistry metrics = new MetricRegistry();
    private Optional<Path> exports = Optional.empty();
    private ServerSecurity security = ServerSecurity.DEFAULT;
    private Optional<Archive> archive = Optional.empty();
    private Optional<Path> searchDirectory = Optional.empty();
    private Optional<IndexFeeder> search = Optional.empty();
    private WatchHub hub;
    private TidelineServer server;

    public CliFixture() {
        this(Duration.ofDays(7));
    }

    public CliFixture(Duration dedupeWindow) {
        this(InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z")), dedupeWindow);
    }

    /** @param clock of the storage, which says when a message was sent */
    public CliFixture(InstantSource clock, Duration dedupeWindow) {
        memory = new InMemoryTimelineStore(clock, dedupeWindow);
        store = new FaultyStore(memory);
        start(0);
    }

    private void start(int port) {
        hub = new WatchHub(store, WatchConfig.DEFAULT, scheduler, metrics);
        ServerPorts ports = new ServerPorts(
                        store,
                        memory,
                        this::inspect,
                        new MessagingStorage(memory, memory, memory),
                        InMemoryScheduler.over(memory),
                        hub,
                        new StorageInfo("in memory", "model"),
                        metrics)
                .withHistory(history());
        server = TidelineServer.start(
                TidelineServerConfig.onPort(port).withSecurity(security),
                searchDirectory.map(directory -> searchable(ports, directory)).orElse(ports));
    }

    private ServerPorts searchable(ServerPorts ports, Path directory) {
        SearchPorts searching =
                new SearchPorts(store, memory, memory, memory, new LuceneIndexes(directory), InstantSource.system());
        IndexFeeder feeder = IndexFeeder.start(searching, SearchConfig.DEFAULT, metrics, scheduler, System::nanoTime);
        search = Optional.of(feeder);
        return ports.withSearch(new SearchService(searching, feeder));
    }

    /** Lets the next server keep search indexes in a directory. */
    public void searchIn(Path directory) {
        searchDirectory = Optional.of(directory);
        restartServer();
    }

    private HistoryPorts history() {
        ErasePorts tiers =
                new ErasePorts(memory, memory.hot(), memory.warm(), Optional.empty(), memory, List.of(), List.of());
        EraseConfig quick = new EraseConfig(Duration.ZERO, Duration.ofMillis(10), Duration.ofSeconds(10));
        return new HistoryPorts(
                Optional.of(tiers),
                quick,
                OperationConfig.LEASE,
                exports,
                List.of(new ParquetExportFormat()),
                Optional.empty(),
                archive,
                List.of());
    }

    /** Lets the next server write exports below a directory. */
    public void exportTo(Path directory) {
        exports = Optional.of(directory);
        restartServer();
    }

    /** Lets the next server be protected. */
    public void secure(ServerSecurity newSecurity) {
        security = newSecurity;
        restartServer();
    }

    /** Lets the next server have an archive. */
    public void archiveWith(Archive next) {
        archive = Optional.of(next);
        restartServer();
    }

    /** Ends the server, and starts another one on the same port over the same storage. */
    public synchronized void restartServer() {
        int port = server.port();
        server.close();
        hub.close();
        search.ifPresent(IndexFeeder::close);
        start(port);
    }

    public String address() {
        return "127.0.0.1:" + server.port();
    }

    /** Runs a command against the server. */
    public Run run(String... args) {
        String[] withServer = java.util.Arrays.copyOf(args, args.length + 2);
        withServer[args.length] = "--server";
        withServer[args.length + 1] = address();
        return runAlone(withServer);
    }

    /** Runs a command that names its server, or needs none. */
    public static Run runAlone(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = TidelineCli.commandLine(new PrintWriter(out), new PrintWriter(err))
                .execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    private CompletableFuture<TimelineInspection> inspect(TimelineId timeline, int maxRows, Deadline deadline) {
        return memory.describe(timeline, SequenceId.NONE, deadline)
                .thenApply(found -> new TimelineInspection(
                        found.orElseThrow(),
                        "timelines",
                        "region-1",
                        "host:16020",
                        found.get().head().last().value(),
                        321,
                        List.of(new TimelineInspection.StoredCell(
                                "00ff", "e:1", Instant.parse("2026-01-02T03:04:05.678Z"), 7, "seq 1"))));
    }

    @Override
    public synchronized void close() {
        server.close();
        hub.close();
        search.ifPresent(IndexFeeder::close);
        scheduler.shutdownNow();
    }

    /** What a command has left behind. */
    public record Run(int exitCode, String out, String err) {}
}
