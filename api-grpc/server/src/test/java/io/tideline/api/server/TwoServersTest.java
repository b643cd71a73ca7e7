package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.server.peer.GrpcPeerTransport;
import io.tideline.api.v1.Hint;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.api.v1.OpenedStream;
import io.tideline.api.v1.PeerServiceGrpc;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import io.tideline.core.feed.Change;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.peer.Hints;
import io.tideline.sync.peer.Peer;
import io.tideline.sync.peer.PeerHints;
import io.tideline.sync.peer.PeerHintsConfig;
import io.tideline.sync.peer.PeerLink;
import io.tideline.sync.push.PushConfig;
import io.tideline.sync.watch.WatchConfig;
import io.tideline.sync.watch.WatchHub;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers over one storage that tell each other of their appends. */
final class TwoServersTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final InMemoryTimelineStore memory = new InMemoryTimelineStore(InstantSource.system(), Duration.ofDays(7));
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

    /** One server and a client of it. */
    private final class Node {
        final MetricRegistry metrics = new MetricRegistry();
        final PeerHints hints;
        final TidelineServer server;
        final ManagedChannel channel;
        final TimelineServiceGrpc.TimelineServiceBlockingStub timelines;

        Node(Duration pollInterval) {
            WatchHub hub =
                    part(new WatchHub(memory, WatchConfig.DEFAULT.withPollInterval(pollInterval), scheduler, metrics));
            hints = part(new PeerHints(
                    PeerHintsConfig.DEFAULT, new GrpcPeerTransport(scheduler, Optional::empty), scheduler, metrics));
            hub.listen(hints.outgoing());
            hints.listen(hub);
            server = part(TidelineServer.start(
                    TidelineServerConfig.onPort(0),
                    new ServerPorts(
                            memory,
                            memory,
                            (timeline, maxRows, deadline) -> CompletableFuture.failedFuture(new AssertionError()),
                            new MessagingStorage(memory, memory, memory),
                            InMemoryScheduler.over(memory),
                            hub,
                            new StorageInfo("in memory, for tests", "model"),
                            hints,
                            metrics)));
            channel = channelTo(server.port());
            timelines = TimelineServiceGrpc.newBlockingStub(channel);
        }

        Peer peer() {
            return new Peer("p" + server.port(), "127.0.0.1", server.port());
        }

        /** A watch that has caught up. */
        Iterator<WatchResponse> watch(String timeline) {
            Iterator<WatchResponse> events = timelines
                    .withDeadlineAfter(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                    .watch(WatchRequest.newBuilder()
                            .setTimeline(conversation(timeline))
                            .build());
            assertThat(events.next().hasCaughtUp()).isTrue();
            return events;
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private ManagedChannel channelTo(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        part(channel::shutdownNow);
        return channel;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
        scheduler.shutdownNow();
    }

    @Test
    void append_throughTheOther_wakesAWatchLongBeforeThePoll() {
        Node one = new Node(NEVER);
        Node other = new Node(NEVER);
        other.hints.peers(Set.of(one.peer()));
        Iterator<WatchResponse> events = one.watch("c");

        for (long seq = 1; seq <= 20; seq++) {
            other.timelines.append(append("c", "m" + seq));
            assertThat(events.next().getEntries().getEntries(0).getSeq()).isEqualTo(seq);
        }
        assertThat(one.metrics.meter("peer.hints.received").getCount()).isEqualTo(20);
    }

    @Test
    void append_hintsAreLost_isFoundByThePoll() throws Exception {
        Node one = new Node(Duration.ofMillis(50));
        Node other = new Node(NEVER);
        other.hints.peers(Set.of(new Peer("gone", "127.0.0.1", closedPort())));
        Iterator<WatchResponse> events = one.watch("c");

        other.timelines.append(append("c", "a"));

        assertThat(events.next().getEntries().getEntries(0).getSeq()).isEqualTo(1);
        assertThat(one.metrics.meter("peer.hints.received").getCount()).isZero();
    }

    /** What one Subscribe brings. */
    private static final class Stream implements StreamObserver<SubscribeResponse> {
        final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        final CompletableFuture<Failure> end = new CompletableFuture<>();

        static Stream of(Node node) throws Exception {
            Stream stream = new Stream();
            SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
            request.getRegisterBuilder().setApp("app").setUser("ann").setDevice("phone");
            SyncServiceGrpc.newStub(node.channel).subscribe(stream).onNext(request.build());
            stream.caughtUp.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            return stream;
        }

        @Override
        public void onNext(SubscribeResponse event) {
            if (event.hasCaughtUp()) {
                caughtUp.complete(null);
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Failure.of(failure));
        }

        @Override
        public void onCompleted() {
            end.completeExceptionally(new AssertionError("ended well"));
        }
    }

    @Test
    void subscribe_sameDeviceThroughTheOther_endsTheOlderLongBeforeTheLook() throws Exception {
        Node one = new Node(NEVER);
        Node other = new Node(NEVER);
        one.hints.peers(Set.of(other.peer()));
        other.hints.peers(Set.of(one.peer()));
        Duration firstLook = PushConfig.DEFAULT.heartbeat();
        long start = System.nanoTime();

        Stream stream = Stream.of(one);
        for (Node next : List.of(other, one, other)) {
            Stream newer = Stream.of(next);
            assertThat(stream.end.get(firstLook.toSeconds(), TimeUnit.SECONDS).reason())
                    .isEqualTo("REPLACED");
            stream = newer;
        }

        // Of two streams of one server the second would have been ended by its second look.
        assertThat(System.nanoTime() - start).isLessThan(firstLook.toNanos());
        assertThat(stream.end).isNotDone();
    }

    private static int closedPort() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void link_peerIsBack_isToldWhatWaited() throws Exception {
        int port = closedPort();
        CompletableFuture<String> authorization = new CompletableFuture<>();
        CompletableFuture<HintBatch> batch = new CompletableFuture<>();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        GrpcPeerTransport transport = part(new GrpcPeerTransport(scheduler, () -> Optional.of("secret")));
        PeerLink link = part(transport.open(new Peer("p", "127.0.0.1", port), () -> ready.complete(null)));
        assertThat(link.isReady()).isFalse();

        Server late = NettyServerBuilder.forPort(port)
                .addService(hearing(batch))
                .intercept(seeing(authorization))
                .build()
                .start();
        part(late::shutdownNow);
        ready.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
        link.send(new Hints(List.of(new Change(TimelineId.conversation("app", "c"), SequenceId.of(7))), List.of()));

        assertThat(batch.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .getHints(0)
                        .getLastSeq())
                .isEqualTo(7);
        assertThat(authorization.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo("Bearer secret");
    }

    private static PeerServiceGrpc.PeerServiceImplBase hearing(CompletableFuture<HintBatch> first) {
        return new PeerServiceGrpc.PeerServiceImplBase() {
            @Override
            public StreamObserver<HintBatch> hints(StreamObserver<HintsSummary> answer) {
                return new Batches(first);
            }
        };
    }

    private static ServerInterceptor seeing(CompletableFuture<String> authorization) {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                authorization.complete(headers.get(AUTHORIZATION));
                return next.startCall(call, headers);
            }
        };
    }

    private record Batches(CompletableFuture<HintBatch> first) implements StreamObserver<HintBatch> {
        @Override
        public void onNext(HintBatch batch) {
            first.complete(batch);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            first.completeExceptionally(new AssertionError("ended"));
        }
    }

    private record Ending(CompletableFuture<HintsSummary> end) implements StreamObserver<HintsSummary> {
        @Override
        public void onNext(HintsSummary summary) {
            end.complete(summary);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }

    @Test
    void hints_badFields_areNamed() {
        Ending ending = new Ending(new CompletableFuture<>());
        StreamObserver<HintBatch> batches = PeerServiceGrpc.newStub(channelTo(new Node(NEVER).server.port()))
                .hints(ending);

        batches.onNext(HintBatch.newBuilder().addHints(Hint.newBuilder()).build());

        Failure failure = ending.end
                .handle((summary, thrown) -> Failure.of(thrown))
                .orTimeout(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(failure.fields()).containsExactly("hints[0].timeline", "hints[0].last_seq");
    }

    @Test
    void hints_badDevice_isNamed() {
        Ending ending = new Ending(new CompletableFuture<>());
        StreamObserver<HintBatch> batches = PeerServiceGrpc.newStub(channelTo(new Node(NEVER).server.port()))
                .hints(ending);

        batches.onNext(HintBatch.newBuilder()
                .addOpened(OpenedStream.newBuilder().setApp("app").setDevice("phone"))
                .build());

        Failure failure = ending.end
                .handle((summary, thrown) -> Failure.of(thrown))
                .orTimeout(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(failure.fields()).containsExactly("user");
    }

    @Test
    void hints_streamEnds_isSummedUp() throws Exception {
        Ending ending = new Ending(new CompletableFuture<>());
        StreamObserver<HintBatch> batches = PeerServiceGrpc.newStub(channelTo(new Node(NEVER).server.port()))
                .hints(ending);

        batches.onNext(HintBatch.newBuilder()
                .addHints(Hint.newBuilder().setTimeline(conversation("c")).setLastSeq(3))
                .build());
        batches.onCompleted();

        assertThat(ending.end
                        .get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS)
                        .getReceived())
                .isEqualTo(1);
    }
}
