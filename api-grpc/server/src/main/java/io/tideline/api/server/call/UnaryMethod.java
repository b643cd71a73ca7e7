package io.tideline.api.server.call;

import io.grpc.stub.StreamObserver;

/** What answers one unary method. */
public final class UnaryMethod<Q, R> {
    private final UnaryCalls calls;
    private final MethodMetrics metrics;
    private final UnaryCalls.Handler<Q, R> handler;

    UnaryMethod(UnaryCalls calls, MethodMetrics metrics, UnaryCalls.Handler<Q, R> handler) {
        this.calls = calls;
        this.metrics = metrics;
        this.handler = handler;
    }

    /** Answers one call. */
    public void call(Q request, StreamObserver<R> observer) {
        calls.answer(metrics, request, observer, handler);
    }
}
