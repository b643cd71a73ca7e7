package io.tideline.api.server.call;

import com.codahale.metrics.MetricRegistry;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.status.Statuses;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.store.Deadline;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers unary calls: hands the request and its deadline to a handler, and the value or the status of its future to
 * the caller, on whichever thread completes it.
 */
public final class UnaryCalls {
    /** What a method does with one request. May throw; must not block. */
    public interface Handler<Q, R> {
        CompletableFuture<R> handle(Q request, Deadline deadline);
    }

    private final Statuses statuses;

    public UnaryCalls(Statuses statuses) {
        this.statuses = statuses;
    }

    /** One method of a service, with figures of its own. */
    public <Q, R> UnaryMethod<Q, R> method(MetricRegistry registry, String name, Handler<Q, R> handler) {
        return new UnaryMethod<>(this, new MethodMetrics(registry, name), handler);
    }

    public <Q, R> void answer(MethodMetrics metrics, Q request, StreamObserver<R> observer, Handler<Q, R> handler) {
        long startedNanos = System.nanoTime();
        if (observer instanceof ServerCallStreamObserver<R> call) {
            call.setOnCancelHandler(UnaryCalls::ignoreCancel);
        }
        var unused = begin(request, handler).whenComplete((value, failure) -> {
            metrics.record(startedNanos, failure == null);
            send(value, failure, observer);
        });
    }

    /** Being there is enough: without a handler gRPC throws at an answer that nobody waits for any more. */
    private static void ignoreCancel() {}

    /** The outermost frame of a call's begin: whatever it throws becomes the call's status. */
    private static <Q, R> CompletableFuture<R> begin(Q request, Handler<Q, R> handler) {
        try {
            Deadline deadline = CallDeadlines.ofCurrentCall();
            if (deadline.hasPassed()) {
                throw new DeadlinePassedException("deadline passed before the call began", Map.of(), null);
            }
            return handler.handle(request, deadline);
        } catch (Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private <R> void send(@Nullable R value, @Nullable Throwable failure, StreamObserver<R> observer) {
        if (failure != null || value == null) {
            Throwable cause = failure != null ? failure : new IllegalStateException("a handler answered with null");
            observer.onError(StatusProto.toStatusRuntimeException(statuses.of(cause)));
            return;
        }
        observer.onNext(value);
        observer.onCompleted();
    }
}
