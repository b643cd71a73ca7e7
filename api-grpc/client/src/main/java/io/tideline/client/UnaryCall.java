package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One unary call with all its attempts, one after the other.
 *
 * <p>For maintainers: attempts never overlap, and gRPC's callbacks of one attempt happen before the timer's task that
 * starts the next, so the plain fields are safe. While a retry waits, either the timer or the closing client goes on,
 * whoever takes this call out of {@link OpenCalls} first.
 */
final class UnaryCall<Q, A> implements StreamObserver<A> {
    private final CallContext context;
    private final MethodDescriptor<Q, A> method;
    private final Q request;
    private final Repeat repeat;
    private final long startNanos;
    private final Outcome<A> outcome;
    private int attempts;
    private @Nullable A answer;

    UnaryCall(
            CallContext context,
            MethodDescriptor<Q, A> method,
            Q request,
            Repeat repeat,
            long startNanos,
            Outcome<A> outcome) {
        this.context = context;
        this.method = method;
        this.request = request;
        this.repeat = repeat;
        this.startNanos = startNanos;
        this.outcome = outcome;
    }

    void start() {
        attempts++;
        var call = context.channels().next().newCall(method, context.unaryOptions());
        ClientCalls.asyncUnaryCall(call, request, this);
    }

    @Override
    public void onNext(A value) {
        answer = value;
    }

    @Override
    public void onCompleted() {
        A received = answer;
        if (received == null) {
            outcome.failed(CallFailure.found(
                    io.grpc.Status.Code.INTERNAL,
                    TidelineCallException.CONTRACT_BROKEN,
                    "The server ended a call without an answer",
                    null));
        } else {
            outcome.answered(received);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        if (context.openCalls().isClosed()) {
            outcome.failed(CallFailure.closed());
            return;
        }
        answer = null;
        TidelineCallException exception = CallFailure.of(thrown);
        Duration delay = context.backoff().afterAttempt(attempts, exception.failure());
        if (outcome.isWanted() && repeat.allows(exception.failure()) && context.mayRepeat(startNanos, delay)) {
            startLater(delay);
        } else {
            outcome.failed(exception);
        }
    }

    private void startLater(Duration delay) {
        OpenCalls open = context.openCalls();
        Runnable ender = () -> outcome.failed(CallFailure.closed());
        open.atClose(ender);
        context.timer().schedule(delay, () -> {
            if (open.forget(ender)) {
                start();
            }
        });
    }
}
