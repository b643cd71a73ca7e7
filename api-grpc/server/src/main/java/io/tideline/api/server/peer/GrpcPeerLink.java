package io.tideline.api.server.peer;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.Hint;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.api.v1.OpenedStream;
import io.tideline.api.v1.PeerServiceGrpc.PeerServiceStub;
import io.tideline.core.feed.Change;
import io.tideline.sync.device.Device;
import io.tideline.sync.peer.Hints;
import io.tideline.sync.peer.Peer;
import io.tideline.sync.peer.PeerLink;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Hints stream that is opened again when it has ended: after 100 ms, doubling to 5 s until one has held for so long.
 *
 * <p>{@code stream} is the open one or null. gRPC's thread sets it to null, or its timer to the next one; the sender may
 * then still write to a stream that has just ended, which gRPC ignores.
 */
final class GrpcPeerLink implements PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcPeerLink.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Peer peer;
    private final ManagedChannel channel;
    private final PeerServiceStub stub;
    private final ScheduledExecutorService executor;
    private final Runnable onReady;
    private final AtomicReference<@Nullable HintsStream> stream = new AtomicReference<>();
    /** Touched by the one callback that finds its stream to be the open one. */
    private volatile Duration pause = FIRST_PAUSE;

    private volatile boolean closed;

    GrpcPeerLink(
            Peer peer,
            ManagedChannel channel,
            PeerServiceStub stub,
            ScheduledExecutorService executor,
            Runnable onReady) {
        this.peer = peer;
        this.channel = channel;
        this.stub = stub;
        this.executor = executor;
        this.onReady = onReady;
    }

    /** Opens a stream; the answer, good or bad, comes to the stream. */
    void connect() {
        if (closed) {
            return;
        }
        // The channel's own pauses grow to two minutes; this link's are the ones that count.
        channel.resetConnectBackoff();
        HintsStream opened = new HintsStream();
        stream.set(opened);
        var unused = stub.hints(opened);
    }

    @Override
    public boolean isReady() {
        @Nullable HintsStream open = stream.get();
        return open != null && open.isReady();
    }

    @Override
    public void send(Hints batch) {
        @Nullable HintsStream open = stream.get();
        if (open != null) {
            open.send(message(batch));
        }
    }

    private static HintBatch message(Hints hints) {
        HintBatch.Builder batch = HintBatch.newBuilder();
        for (Change change : hints.moved()) {
            batch.addHints(Hint.newBuilder()
                    .setTimeline(Responses.timeline(change.timeline()))
                    .setLastSeq(change.last().value()));
        }
        for (Device device : hints.opened()) {
            batch.addOpened(OpenedStream.newBuilder()
                    .setApp(device.app().value())
                    .setUser(device.user().value())
                    .setDevice(device.id().value()));
        }
        return batch.build();
    }

    private void ended(HintsStream which, @Nullable Throwable failure) {
        if (!stream.compareAndSet(which, null) || closed) {
            return;
        }
        boolean held = System.nanoTime() - which.openedNanos > LONGEST_PAUSE.toNanos();
        Duration now = held ? FIRST_PAUSE : pause;
        Duration doubled = now.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        LOG.debug("another server does not take hints peer={}", peer, failure);
        try {
            var unused = executor.schedule(this::connect, now.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("hints end with their executor", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        channel.shutdownNow();
    }

    private final class HintsStream implements ClientResponseObserver<HintBatch, HintsSummary> {
        private final long openedNanos = System.nanoTime();
        private volatile @Nullable ClientCallStreamObserver<HintBatch> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<HintBatch> requests) {
            requests.setOnReadyHandler(onReady);
            call = requests;
        }

        boolean isReady() {
            @Nullable ClientCallStreamObserver<HintBatch> requests = call;
            return requests != null && requests.isReady();
        }

        void send(HintBatch batch) {
            @Nullable ClientCallStreamObserver<HintBatch> requests = call;
            if (requests != null) {
                requests.onNext(batch);
            }
        }

        @Override
        public void onNext(HintsSummary summary) {
            // Comes only when the stream ends, which nobody here asks for.
        }

        @Override
        public void onError(Throwable failure) {
            ended(this, failure);
        }

        @Override
        public void onCompleted() {
            ended(this, null);
        }
    }
}
