package io.tideline.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One subscription: hands each event to the device's thread, and asks for the next when told to. */
final class DeviceStream implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final DeviceSync sync;
    private final Executor device;
    private volatile @Nullable ClientCallStreamObserver<SubscribeRequest> requests;
    private volatile boolean over;

    DeviceStream(DeviceSync sync, Executor device) {
        this.sync = sync;
        this.device = device;
    }

    void start(CallContext context, SubscribeRequest.Register register, String token) {
        var call = context.channels().next().newCall(SyncServiceGrpc.getSubscribeMethod(), context.streamOptions());
        var observer = ClientCalls.asyncBidiStreamingCall(call, this);
        // With the registration, so that nothing of what is stored is sent before its acknowledgement arrives.
        observer.onNext(SubscribeRequest.newBuilder()
                .setRegister(register.toBuilder().setAck(token))
                .build());
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> started) {
        started.disableAutoRequestWithInitial(1);
        requests = started;
    }

    void acknowledge(String token) {
        ClientCallStreamObserver<SubscribeRequest> open = requests;
        if (open != null && !over) {
            open.onNext(SubscribeRequest.newBuilder().setAck(token).build());
        }
    }

    void requestNext() {
        ClientCallStreamObserver<SubscribeRequest> open = requests;
        if (open != null && !over) {
            open.request(1);
        }
    }

    void cancel(String why) {
        ClientCallStreamObserver<SubscribeRequest> open = requests;
        if (open != null && !over) {
            over = true;
            open.cancel(why, null);
        }
    }

    @Override
    public void onNext(SubscribeResponse response) {
        device.execute(() -> sync.received(this, response));
    }

    @Override
    public void onError(Throwable thrown) {
        over = true;
        device.execute(() -> sync.disconnected(this, CallFailure.of(thrown)));
    }

    /** A subscription has no end of its own: a server that ends it is on its way down. */
    @Override
    public void onCompleted() {
        over = true;
        device.execute(() -> sync.disconnected(
                this, CallFailure.found(Status.Code.UNAVAILABLE, "", "The server ended the subscription", null)));
    }
}
