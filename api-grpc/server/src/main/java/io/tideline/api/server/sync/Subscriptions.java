package io.tideline.api.server.sync;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.sync.push.PushHub;

/** Subscribe: opens one {@link SubscribeCall} per call. Counter {@code api.Subscribe.open} says how many there are. */
final class Subscriptions {
    private final PushHub hub;
    private final Statuses statuses;
    private final OpenStreams openStreams;
    private final SharedMessages messages = new SharedMessages();
    private final Counter open;

    Subscriptions(PushHub hub, Statuses statuses, OpenStreams openStreams, MetricRegistry registry) {
        this.hub = hub;
        this.statuses = statuses;
        this.openStreams = openStreams;
        this.open = registry.counter("api.Subscribe.open");
    }

    StreamObserver<SubscribeRequest> open(ServerCallStreamObserver<SubscribeResponse> call) {
        Caller caller = Caller.current();
        SubscribeCall subscribe = new SubscribeCall(call, caller, hub, statuses, messages, stream -> {
            openStreams.remove(stream);
            open.dec();
        });
        call.setOnReadyHandler(subscribe::becameReady);
        call.setOnCancelHandler(subscribe::cancelled);
        call.disableAutoRequest();
        call.request(1);
        open.inc();
        openStreams.add(subscribe);
        return new StreamObserver<>() {
            @Override
            public void onNext(SubscribeRequest request) {
                try {
                    // One at a time: a device that acknowledges faster than that can be stored waits.
                    var unused = subscribe.take(request).thenRun(() -> call.request(1));
                } catch (RuntimeException failure) {
                    subscribe.fail(StatusProto.toStatusRuntimeException(statuses.of(failure)));
                }
            }

            @Override
            public void onError(Throwable cause) {
                subscribe.cancelled();
            }

            /** A device that has nothing more to say goes. */
            @Override
            public void onCompleted() {
                subscribe.complete();
            }
        };
    }
}
