package io.tideline.tools.serve;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.tideline.api.server.HistoryPorts;
import io.tideline.api.server.MessagingStorage;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.StorageInfo;
import io.tideline.api.server.TidelineServer;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.api.server.identity.Authentication;
import io.tideline.api.server.identity.PeerTokens;
import io.tideline.api.server.peer.GrpcPeerTransport;
import io.tideline.core.erase.ErasureListener;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.error.TidelineException;
import io.tideline.hbase.archive.ArchiveConfig;
import io.tideline.hbase.archive.ArchivePorts;
import io.tideline.hbase.archive.HBaseArchive;
import io.tideline.hbase.archive.export.ParquetExportFormat;
import io.tideline.hbase.archive.job.JobRunner;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import io.tideline.hbase.embedded.EmbeddedHBaseException;
import io.tideline.hbase.members.ServerMember;
import io.tideline.hbase.members.ServerMembers;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.scheduler.SchedulerConfig;
import io.tideline.scheduler.SchedulerPorts;
import io.tideline.scheduler.StoreScheduler;
import io.tideline.scheduler.TierArchivePolicy;
import io.tideline.scheduler.TierHolds;
import io.tideline.store.erase.EraseConfig;
import io.tideline.store.erase.ErasePorts;
import io.tideline.store.operation.OperationConfig;
import io.tideline.store.search.IndexFeeder;
import io.tideline.store.search.SearchConfig;
import io.tideline.store.search.SearchPorts;
import io.tideline.store.search.SearchService;
import io.tideline.store.search.lucene.LuceneIndexes;
import io.tideline.sync.peer.Peer;
import io.tideline.sync.peer.PeerHints;
import io.tideline.sync.peer.PeerHintsConfig;
import io.tideline.sync.watch.WatchConfig;
import io.tideline.sync.watch.WatchHub;
import io.tideline.tools.command.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The parts of a server, started from the storage up and stopped from the API down. Stopping is bounded: what is not down
 * by then is left to the end of the process, which loses nothing that was acknowledged.
 */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    /** Under the five seconds that the README promises. */
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(4_500);

    private static final Duration PEER_SECRET_RELOAD = Duration.ofSeconds(10);
    private static final int WATCH_THREADS = 2;

    /** A system property. */
    private static final String LEASE_SECONDS = "tideline.lease-seconds";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exitCode = ExitCode.OK;

    private ServerProcess() {}

    /**
     * Runs until the process is told to stop.
     *
     * @return exit code, when the server could not start or HBase has stopped by itself
     */
    static int run(ServerSettings settings, CommandLine console) throws InterruptedException {
        long start = System.nanoTime();
        ServerProcess process = new ServerProcess();
        Runtime.getRuntime().addShutdownHook(new Thread(process::stopAndHalt, "tideline-stop"));
        TidelineServer server;
        try {
            server = process.start(settings);
        } catch (EmbeddedHBaseException | UncheckedIOException | TidelineException e) {
            LOG.debug("the server did not start", e);
            console.getErr().println("tideline: " + StartFailure.line(e, settings));
            return process.fail(console, ExitCode.UNAVAILABLE);
        } catch (ArchiveLocation.RefusedException e) {
            console.getErr().println("tideline: " + StartFailure.line(e, settings));
            return process.fail(console, ExitCode.USAGE);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        console.getOut()
                .printf(
                        "READY grpc=%s:%d storage=\"%s\" seconds=%.1f%n",
                        settings.api().bindAddress(),
                        server.port(),
                        settings.storage().description(),
                        seconds);
        console.getOut().flush();
        process.ended.await();
        return process.fail(console, ExitCode.UNAVAILABLE);
    }

    private int fail(CommandLine console, int code) {
        console.getErr().flush();
        exitCode = code;
        stop();
        return code;
    }

    private TidelineServer start(ServerSettings settings) {
        requireFreePort(settings.api());
        MetricRegistry metrics = new MetricRegistry();
        tellOfHeap(metrics);
        Configuration hbase = connect(settings);
        HBaseStorage storage = part(HBaseStorage.open(hbase, settings.schema(), settings.schemaMode(), metrics));
        ScheduledExecutorService executor = Executors.newScheduledThreadPool(WATCH_THREADS, threads());
        part(executor::shutdownNow);
        WatchHub hub = part(new WatchHub(storage.store(), WatchConfig.DEFAULT, executor, metrics));
        PeerHints hints = part(hints(settings, hub, executor, metrics));
        StoreScheduler scheduler = part(scheduler(storage, settings, metrics));
        Optional<Search> search =
                settings.searchDirectory().map(directory -> search(storage, directory, hub, executor, metrics));
        ServerPorts ports = new ServerPorts(
                storage.store(),
                storage.directory(),
                storage.inspector(),
                new MessagingStorage(storage.records(), storage.readMarks(), storage.changes()),
                scheduler,
                hub,
                new StorageInfo(
                        settings.storage().description(), "protocol " + SchemaNames.PROTOCOL_VERSION, storage.sizes()),
                hints,
                history(storage, settings, archive(hbase, storage, settings, metrics), search),
                search.map(Search::service),
                metrics);
        TidelineServer server = part(TidelineServer.start(settings.api(), ports));
        join(settings, server.port(), hbase, hints);
        scheduler.start();
        return server;
    }

    /** In bytes; what is in use includes garbage. */
    private static void tellOfHeap(MetricRegistry metrics) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        metrics.gauge("jvm.heap.used", () ->
                (Gauge<Long>) () -> memory.getHeapMemoryUsage().getUsed());
        metrics.gauge("jvm.heap.max", () ->
                (Gauge<Long>) () -> memory.getHeapMemoryUsage().getMax());
    }

    private static StoreScheduler scheduler(HBaseStorage storage, ServerSettings settings, MetricRegistry metrics) {
        SchedulerPorts ports = new SchedulerPorts(
                storage.store(),
                storage.records(),
                storage.hot(),
                storage.warm(),
                storage.watermarks(),
                storage.activity());
        String name = ProcessHandle.current().pid() + "/"
                + Long.toHexString(ThreadLocalRandom.current().nextLong());
        SchedulerConfig config = SchedulerConfig.named(name);
        return new StoreScheduler(
                ports,
                settings.tiers(),
                config.withLeaseTime(lease(settings, config.leaseTime())),
                InstantSource.system(),
                metrics);
    }

    /** What finds messages, and what keeps that up to date. */
    private record Search(SearchService service, IndexFeeder feeder) {}

    private Search search(
            HBaseStorage storage,
            Path directory,
            WatchHub hub,
            ScheduledExecutorService timer,
            MetricRegistry metrics) {
        SearchPorts ports = new SearchPorts(
                storage.store(),
                storage.directory(),
                storage.records(),
                storage.changes(),
                new LuceneIndexes(directory),
                InstantSource.system());
        IndexFeeder feeder = part(IndexFeeder.start(ports, SearchConfig.DEFAULT, metrics, timer, System::nanoTime));
        // What is appended here need not wait for the change feed's next round.
        Runnable unlisten = hub.listen(feeder);
        part(unlisten::run);
        return new Search(new SearchService(ports, feeder), feeder);
    }

    private Optional<HBaseArchive> archive(
            Configuration hbase, HBaseStorage storage, ServerSettings settings, MetricRegistry metrics) {
        return settings.archive().map(location -> {
            ArchivePorts ports = new ArchivePorts(
                    storage.store(),
                    storage.warm(),
                    storage.watermarks(),
                    new TierArchivePolicy(
                            storage.records(),
                            settings.tiers(),
                            new TierHolds(storage.records(), storage.watermarks())));
            ArchiveConfig config = ArchiveConfig.at(
                    location.directory().toString(), settings.schema().namespace());
            HBaseArchive archive = part(HBaseArchive.open(
                    settings.yarnConfiguration()
                            .map(directory -> JobRunner.withSites(hbase, directory))
                            .orElse(hbase),
                    config.withLease(lease(settings, config.lease())),
                    ports,
                    metrics));
            storage.archive(archive.reader());
            return archive;
        });
    }

    /** Tests of crashes need not wait as long for a server that is gone as for one that is only slow. */
    private static Duration lease(ServerSettings settings, Duration usual) {
        @Nullable Integer seconds = Integer.getInteger(LEASE_SECONDS);
        return seconds == null ? settings.storage().leaseTime(usual) : Duration.ofSeconds(seconds);
    }

    /** What history and operations stand on besides. */
    private static HistoryPorts history(
            HBaseStorage storage, ServerSettings settings, Optional<HBaseArchive> archive, Optional<Search> search) {
        List<ErasureListener> listeners = new ArrayList<>();
        List<PhysicalPurge> purges = new ArrayList<>(List.of(storage.purge()));
        search.ifPresent(indexes -> {
            listeners.add(indexes.feeder());
            purges.add(indexes.feeder());
        });
        ErasePorts tiers = new ErasePorts(
                storage.directory(),
                storage.hot(),
                storage.warm(),
                archive.map(files -> files),
                storage.watermarks(),
                listeners,
                purges);
        return new HistoryPorts(
                Optional.of(tiers),
                EraseConfig.DEFAULT,
                lease(settings, OperationConfig.LEASE),
                settings.exportDirectory(),
                List.of(new ParquetExportFormat()),
                archive.map(files -> files),
                archive.map(files -> files),
                List.of());
    }

    /** Tells other servers what is appended and subscribed here, and the watches here what is appended there. */
    private PeerHints hints(
            ServerSettings settings, WatchHub hub, ScheduledExecutorService executor, MetricRegistry metrics) {
        Authentication authentication =
                settings.api().security().authenticationOn(settings.api().bindAddress());
        PeerTokens tokens = part(new PeerTokens(authentication, InstantSource.system(), PEER_SECRET_RELOAD));
        if (authentication instanceof Authentication.Tokens && !tokens.isAvailable()) {
            LOG.warn("without --peer-secret-file the servers of an installation do not take hints from each other:"
                    + " what is sent through another one is found by looking, a little later");
        }
        GrpcPeerTransport transport = new GrpcPeerTransport(
                executor, tokens, settings.peerCertificates().orElse(null));
        PeerHints hints = new PeerHints(PeerHintsConfig.DEFAULT, transport, executor, metrics);
        hub.listen(hints.outgoing());
        hints.listen(hub);
        return hints;
    }

    /** Makes the server known to the others on the same HBase, in the background. */
    private void join(ServerSettings settings, int openPort, Configuration hbase, PeerHints hints) {
        PeerAddress advertised = settings.advertised();
        ServerMember self = ServerMember.at(advertised.host(), advertised.port() == 0 ? openPort : advertised.port());
        part(ServerMembers.start(
                hbase,
                settings.schema().namespace(),
                self,
                others -> hints.peers(others.stream()
                        .map(member -> new Peer(member.id(), member.host(), member.port()))
                        .collect(Collectors.toSet()))));
    }

    /** Looks before the storage is started, which takes seconds: whoever mistyped a port need not wait for them. */
    private static void requireFreePort(TidelineServerConfig api) {
        try (ServerSocket probe = new ServerSocket()) {
            // As the server itself does: connections of the last server that are only fading away are no obstacle.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(api.bindAddress(), api.port()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + api.bindAddress() + ":" + api.port(), e);
        }
    }

    private Configuration connect(ServerSettings settings) {
        StorageLocation location = settings.storage();
        if (location instanceof StorageLocation.Embedded embedded) {
            settings.archive().ifPresent(archive -> archive.requireApartFrom(embedded));
            EmbeddedHBaseConfig config = EmbeddedHBaseConfig.on(embedded.directory());
            EmbeddedHBase hbase = part(EmbeddedHBase.start(new EmbeddedHBaseConfig(
                    config.directory(), config.zookeeperPort(), config.startTimeout(), embedded.syncToDisk())));
            endWith(hbase);
            return hbase.clientConfiguration();
        }
        Configuration configuration = HBaseConfiguration.create();
        if (location instanceof StorageLocation.SiteFile site) {
            configuration.addResource(new org.apache.hadoop.fs.Path(site.file().toUri()));
        } else if (location instanceof StorageLocation.Quorum quorum) {
            configuration.set("hbase.zookeeper.quorum", quorum.host());
            configuration.setInt("hbase.zookeeper.property.clientPort", quorum.port());
        }
        settings.archive().ifPresent(archive -> archive.requireApartFrom(configuration));
        return configuration;
    }

    /** An HBase that stops by itself takes the server with it: its supervisor restarts both. */
    private void endWith(EmbeddedHBase hbase) {
        Thread watcher = new Thread(
                () -> {
                    try {
                        hbase.awaitStopped();
                        LOG.error("the embedded HBase has stopped by itself");
                        ended.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "tideline-hbase-watch");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static java.util.concurrent.ThreadFactory threads() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "tideline-watch-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private <T extends AutoCloseable> T part(T part) {
        synchronized (parts) {
            parts.push(part);
        }
        return part;
    }

    private void stop() {
        @Nullable AutoCloseable part = next();
        while (part != null) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("a part did not stop cleanly", e);
            }
            part = next();
        }
    }

    private @Nullable AutoCloseable next() {
        synchronized (parts) {
            return parts.poll();
        }
    }

    /** The shutdown hook: HBase and ZooKeeper leave threads that would keep the process alive. */
    private void stopAndHalt() {
        Thread stopping = new Thread(this::stop, "tideline-stopping");
        stopping.start();
        try {
            stopping.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(stopping.isAlive() ? ExitCode.INTERNAL : exitCode);
    }
}
