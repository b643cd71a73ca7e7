package io.tideline.client;

import io.grpc.SynchronizationContext;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.TimelineServiceGrpc;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection of an append stream and what was sent on it. Lives within the stream's own context. */
final class AppendConnection implements ClientResponseObserver<AppendStreamRequest, AppendStreamResponse> {
    private final AppendStream stream;
    private final SynchronizationContext state;
    /** By request index, in the order of sending. */
    private final Map<Long, PendingAppend> sent = new LinkedHashMap<>();

    private @Nullable ClientCallStreamObserver<AppendStreamRequest> requests;
    private long nextIndex;
    private boolean halfClosed;
    private boolean stallTimerRuns;
    private @Nullable TidelineCallException refusal;

    AppendConnection(AppendStream stream, SynchronizationContext state) {
        this.stream = stream;
        this.state = state;
    }

    void start(CallContext context) {
        var call =
                context.channels().next().newCall(TimelineServiceGrpc.getAppendStreamMethod(), context.streamOptions());
        var unused = ClientCalls.asyncBidiStreamingCall(call, this);
    }

    void send(PendingAppend pending, long nowNanos) {
        pending.sentNanos = nowNanos;
        sent.put(nextIndex++, pending);
        requests().onNext(pending.request);
    }

    void halfClose() {
        if (!halfClosed) {
            halfClosed = true;
            requests().onCompleted();
        }
    }

    boolean isHalfClosed() {
        return halfClosed;
    }

    void cancel(String why) {
        requests().cancel(why, null);
    }

    /** Notes a refusal that a repeat may heal, the one with the longest wait; sends nothing more. */
    void refused(TidelineCallException cause) {
        TidelineCallException before = refusal;
        if (before == null || wait(cause).compareTo(wait(before)) > 0) {
            refusal = cause;
        }
        halfClose();
    }

    private static Duration wait(TidelineCallException cause) {
        return cause.retryAfter().orElse(Duration.ZERO);
    }

    @Nullable TidelineCallException refusal() {
        return refusal;
    }

    @Nullable PendingAppend pending(long requestIndex) {
        return sent.get(requestIndex);
    }

    void remove(long requestIndex) {
        sent.remove(requestIndex);
    }

    @Nullable PendingAppend oldest() {
        return sent.isEmpty() ? null : sent.values().iterator().next();
    }

    /** In the order of sending, refused ones included. */
    Collection<PendingAppend> unacknowledged() {
        return List.copyOf(sent.values());
    }

    boolean stallTimerRuns() {
        return stallTimerRuns;
    }

    void stallTimerRuns(boolean runs) {
        stallTimerRuns = runs;
    }

    private ClientCallStreamObserver<AppendStreamRequest> requests() {
        ClientCallStreamObserver<AppendStreamRequest> started = requests;
        if (started == null) {
            throw new IllegalStateException("The connection was not started");
        }
        return started;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AppendStreamRequest> started) {
        requests = started;
    }

    @Override
    public void onNext(AppendStreamResponse response) {
        state.execute(() -> stream.answered(this, response));
    }

    @Override
    public void onError(Throwable thrown) {
        state.execute(() -> stream.disconnected(this, CallFailure.of(thrown)));
    }

    @Override
    public void onCompleted() {
        state.execute(() -> stream.completed(this));
    }
}
