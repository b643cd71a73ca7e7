package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection of a pipeline and what was sent on it. Lives within the pipeline's own context. */
final class PipelineConnection<Q, A, R> implements ClientResponseObserver<Q, A> {
    private final Pipeline<Q, A, R> stream;
    private final SynchronizationContext state;
    /** By request index, in the order of sending. */
    private final Map<Long, PipelineItem<Q, R>> sent = new LinkedHashMap<>();

    private @Nullable ClientCallStreamObserver<Q> requests;
    private long nextIndex;
    private boolean halfClosed;
    private boolean stallTimerRuns;
    private @Nullable TidelineCallException refusal;

    PipelineConnection(Pipeline<Q, A, R> stream, SynchronizationContext state) {
        this.stream = stream;
        this.state = state;
    }

    void start(CallContext context, MethodDescriptor<Q, A> method) {
        var call = context.channels().next().newCall(method, context.streamOptions());
        var unused = ClientCalls.asyncBidiStreamingCall(call, this);
    }

    void send(PipelineItem<Q, R> pending, long nowNanos) {
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

    @Nullable PipelineItem<Q, R> pending(long requestIndex) {
        return sent.get(requestIndex);
    }

    void remove(long requestIndex) {
        sent.remove(requestIndex);
    }

    @Nullable PipelineItem<Q, R> oldest() {
        return sent.isEmpty() ? null : sent.values().iterator().next();
    }

    /** In the order of sending, refused ones included. */
    Collection<PipelineItem<Q, R>> unacknowledged() {
        return List.copyOf(sent.values());
    }

    boolean stallTimerRuns() {
        return stallTimerRuns;
    }

    void stallTimerRuns(boolean runs) {
        stallTimerRuns = runs;
    }

    private ClientCallStreamObserver<Q> requests() {
        ClientCallStreamObserver<Q> started = requests;
        if (started == null) {
            throw new IllegalStateException("The connection was not started");
        }
        return started;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> started) {
        requests = started;
    }

    @Override
    public void onNext(A response) {
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
