package io.tideline.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.tideline.api.v1.OperatorServiceGrpc;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.core.archive.Archive;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineInspection;
import io.tideline.core.tier.TableSizes;
import io.tideline.core.tier.Tier;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server on a free port over storage in memory, and a channel whose statuses are all checked at the end. */
final class ServerFixture implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(20);

    final InMemoryTimelineStore memory = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(7));
    final SteeredStore store = new SteeredStore(memory);
    final MetricRegistry metrics = new MetricRegistry();
    final Path exports = temporary();
    final TidelineServer server;
    final ManagedChannel channel;
    final TimelineServiceGrpc.TimelineServiceBlockingStub timelines;
    final TimelineServiceGrpc.TimelineServiceStub async;
    final OperatorServiceGrpc.OperatorServiceBlockingStub operator;
    private final Optional<IndexFeeder> search;
    private final StatusConformance conformance = new StatusConformance();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final WatchHub hub = new WatchHub(store, WatchConfig.DEFAULT, scheduler, metrics);

    ServerFixture() {
        this(TidelineServerConfig.Limits.DEFAULT);
    }

    ServerFixture(TidelineServerConfig.Limits limits) {
        this(TidelineServerConfig.onPort(0).withLimits(limits));
    }

    ServerFixture(ServerSecurity security) {
        this(TidelineServerConfig.onPort(0).withSecurity(security));
    }

    /** With a search index. */
    static ServerFixture withSearch(ServerSecurity security) {
        return new ServerFixture(
                TidelineServerConfig.onPort(0).withSecurity(security), Optional.of(new ScriptedArchive()), true);
    }

    ServerFixture(TidelineServerConfig config) {
        this(config, Optional.of(new ScriptedArchive()), false);
    }

    /** @param archive empty: the server has none */
    ServerFixture(TidelineServerConfig config, Optional<Archive> archive) {
        this(config, archive, false);
    }

    private ServerFixture(TidelineServerConfig config, Optional<Archive> archive, boolean searchable) {
        SearchPorts searching = new SearchPorts(
                store, memory, memory, memory, new LuceneIndexes(exports.resolve("search")), InstantSource.system());
        search = searchable
                ? Optional.of(IndexFeeder.start(searching, SearchConfig.DEFAULT, metrics, scheduler, System::nanoTime))
                : Optional.empty();
        ServerPorts ports = new ServerPorts(
                        store,
                        memory,
                        this::inspect,
                        new MessagingStorage(memory, memory, memory),
                        InMemoryScheduler.over(memory),
                        hub,
                        new StorageInfo(
                                "in memory, for tests",
                                "model",
                                deadline -> CompletableFuture.completedFuture(
                                        Map.of(Tier.HOT, new TableSizes.TableSize(2, 5_000_000, 1_000_000)))),
                        metrics)
                .withHistory(history(archive));
        server = TidelineServer.start(
                config,
                search.map(feeder -> ports.withSearch(new SearchService(searching, feeder)))
                        .orElse(ports));
        channel = newChannel().intercept(conformance).build();
        timelines = TimelineServiceGrpc.newBlockingStub(channel);
        async = TimelineServiceGrpc.newStub(channel);
        operator = OperatorServiceGrpc.newBlockingStub(channel);
    }

    private HistoryPorts history(Optional<Archive> archive) {
        ErasePorts tiers = new ErasePorts(
                memory,
                memory.hot(),
                memory.warm(),
                Optional.empty(),
                memory,
                List.copyOf(search.stream().toList()),
                List.copyOf(search.stream().toList()));
        EraseConfig quick = new EraseConfig(Duration.ZERO, Duration.ofMillis(10), Duration.ofSeconds(10));
        return new HistoryPorts(
                Optional.of(tiers),
                quick,
                OperationConfig.LEASE,
                Optional.of(exports),
                List.of(),
                Optional.empty(),
                archive,
                List.of());
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("tideline-exports");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the watermarks say that entries up to {@code through} are in files. */
    void archive(TimelineId timeline, long through) {
        Deadline deadline = Deadline.after(WAIT);
        TierState state = memory.state(timeline, deadline).join();
        TierState next = state.moved(state.watermarks().withColdThrough(SequenceId.of(through)));
        assertThat(memory.replace(timeline, state, next, deadline).join()).isTrue();
    }

    NettyChannelBuilder newChannel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext();
    }

    private CompletableFuture<TimelineInspection> inspect(TimelineId timeline, int maxRows, Deadline deadline) {
        return memory.describe(timeline, SequenceId.NONE, deadline)
                .thenApply(found -> new TimelineInspection(
                        found.orElseThrow(),
                        "model",
                        "region",
                        "host:1",
                        found.get().head().last().value(),
                        100,
                        List.of(
                                new TimelineInspection.StoredCell("00", "e:1", Instant.EPOCH, 7, "seq 1"),
                                new TimelineInspection.StoredCell("01", "e:1", Instant.EPOCH, 7, "seq 2"))));
    }

    WatchHub hub() {
        return hub;
    }

    @Override
    public void close() throws Exception {
        // The server first: a channel that is shut down ends its streams with statuses of its own.
        server.close();
        channel.shutdownNow();
        hub.close();
        search.ifPresent(IndexFeeder::close);
        scheduler.shutdownNow();
        try (Stream<Path> files = Files.walk(exports)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
        assertThat(channel.awaitTermination(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(conformance.breaches()).isEmpty();
    }
}
