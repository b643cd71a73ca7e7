package io.tideline.api.server.call;

import io.grpc.stub.StreamObserver;

/** What the client of a refused stream has sent before it learned of that. */
public final class IgnoredRequests<Q> implements StreamObserver<Q> {
    @Override
    public void onNext(Q request) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
}
