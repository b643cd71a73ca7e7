package io.tideline.client;

import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.tideline.api.v1.CaughtUp;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A watch that survives its connections. After a loss it goes on with the seq after the last delivered one; repeats are
 * dropped, and a hole ends it loudly.
 *
 * <p>For maintainers: the events of one connection come one at a time, and the next connection starts only after the end
 * of the last, so {@code nextSeq} and {@code attempts} have one writer at a time. {@link #close} may come from any
 * thread: {@code over} is set once, and whoever sets it is the one who ends the watch.
 */
public final class Watcher implements AutoCloseable {
    private final CallContext context;
    private final WatchRequest request;
    private final WatchEvents events;
    private final Executor executor;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long nextSeq;
    private volatile @Nullable WatchConnection connection;
    private int attempts;

    private Watcher(CallContext context, WatchRequest request, WatchEvents events, Executor executor) {
        this.context = context;
        this.request = request;
        this.events = events;
        this.executor = executor;
        this.nextSeq = Math.max(1, request.getFromSeq());
    }

    static Watcher open(CallContext context, WatchRequest request, WatchEvents events, Executor executor) {
        Watcher watcher = new Watcher(context, request, events, executor);
        watcher.connect();
        return watcher;
    }

    /** The seq that the next entry or gap starts with: everything before it was delivered. */
    public long nextSeq() {
        return nextSeq;
    }

    /** Whether the watch was closed or has failed. */
    public boolean isOver() {
        return over.get();
    }

    /** Ends the watch. A call to the consumer that is running may still end after this. */
    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            cancelConnection();
        }
    }

    private void connect() {
        if (over.get()) {
            return;
        }
        attempts++;
        WatchConnection opened = new WatchConnection(this);
        connection = opened;
        var options = context.streamOptions().withExecutor(executor);
        var call = context.channels().next().newCall(TimelineServiceGrpc.getWatchMethod(), options);
        ClientCalls.asyncServerStreamingCall(call, resumed(), opened);
        if (over.get()) {
            opened.cancel();
        }
    }

    private WatchRequest resumed() {
        long next = nextSeq;
        return request.toBuilder()
                .setFromSeq(next)
                .setKnownSeq(Math.max(request.getKnownSeq(), firstSeq() == next ? 0 : next - 1))
                .build();
    }

    private long firstSeq() {
        return Math.max(1, request.getFromSeq());
    }

    /** Delivers one event; false when the watch is over. */
    boolean deliver(WatchResponse response) {
        if (over.get()) {
            return false;
        }
        attempts = 0;
        try {
            switch (response.getEventCase()) {
                case ENTRIES -> entries(response.getEntries().getEntriesList());
                case GAP -> gap(response.getGap());
                case CAUGHT_UP -> caughtUp(response.getCaughtUp());
                case EVENT_NOT_SET -> {
                    // An event of a newer server: nothing that this client promised to deliver.
                }
            }
        } catch (TidelineCallException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(CallFailure.found(
                    Status.Code.ABORTED, TidelineCallException.CONSUMER_FAILED, "The consumer of a watch failed", e));
        }
        return !over.get();
    }

    private void entries(List<Entry> received) {
        int fresh = 0;
        while (fresh < received.size() && received.get(fresh).getSeq() < nextSeq) {
            fresh++;
        }
        long expected = nextSeq;
        for (Entry entry : received.subList(fresh, received.size())) {
            requireNext(expected, entry.getSeq());
            expected++;
        }
        if (fresh < received.size()) {
            events.onEntries(received.subList(fresh, received.size()));
            nextSeq = expected;
        }
    }

    private void gap(Gap gap) {
        long expected = nextSeq;
        if (gap.getToSeq() < expected) {
            return;
        }
        if (gap.getFromSeq() > expected) {
            requireNext(expected, gap.getFromSeq());
        }
        events.onGap(gap.toBuilder().setFromSeq(expected).build());
        nextSeq = gap.getToSeq() + 1;
    }

    private void caughtUp(CaughtUp caughtUp) {
        if (caughtUp.getLastSeq() >= nextSeq) {
            requireNext(nextSeq, caughtUp.getLastSeq() + 1);
        }
        events.onCaughtUp(nextSeq == firstSeq() ? caughtUp.getLastSeq() : nextSeq - 1);
    }

    private static void requireNext(long expected, long found) {
        if (found != expected) {
            throw CallFailure.found(
                    Status.Code.DATA_LOSS,
                    TidelineCallException.CONTRACT_BROKEN,
                    "A watch has a hole: expected seq " + expected + ", found " + found,
                    null);
        }
    }

    /** The connection is over: goes on with another one when that can help. */
    void disconnected(TidelineCallException failure) {
        if (over.get()) {
            return;
        }
        if (context.openCalls().isClosed()) {
            fail(CallFailure.closed());
            return;
        }
        if (!failure.retryable()) {
            fail(failure);
            return;
        }
        try {
            events.onReconnect(failure);
        } catch (RuntimeException e) {
            fail(CallFailure.found(
                    Status.Code.ABORTED, TidelineCallException.CONSUMER_FAILED, "The consumer of a watch failed", e));
            return;
        }
        Duration delay = context.backoff().afterAttempt(Math.max(1, attempts), failure.failure());
        connectLater(delay);
    }

    /** While nothing is connected the closing client ends the watch; else the end of the connection does. */
    private void connectLater(Duration delay) {
        OpenCalls open = context.openCalls();
        Runnable ender = () -> fail(CallFailure.closed());
        open.atClose(ender);
        context.timer().schedule(delay, () -> {
            if (open.forget(ender)) {
                connect();
            }
        });
    }

    private void fail(TidelineCallException failure) {
        if (over.compareAndSet(false, true)) {
            cancelConnection();
            events.onFailure(failure);
        }
    }

    private void cancelConnection() {
        WatchConnection current = connection;
        if (current != null) {
            current.cancel();
        }
    }
}
