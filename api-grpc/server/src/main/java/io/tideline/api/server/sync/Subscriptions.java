package io.tideline.api.server.sync;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.IgnoredRequests;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;

/** Subscribe: refused, as a method that a server does not have, until sessions of devices are there. */
final class Subscriptions {
    StreamObserver<SubscribeRequest> open(ServerCallStreamObserver<SubscribeResponse> call) {
        call.onError(Status.UNIMPLEMENTED.withDescription("use Sync").asRuntimeException());
        return new IgnoredRequests<>();
    }
}
