package io.tideline.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a device to what comes for its user, without a local store and without a second try: for tools and
 * tests that are their own device. Products use {@link DeviceClient}. Safe for use by many threads.
 */
public final class Subscription implements AutoCloseable {
    private final SubscriptionEvents events;
    private final AtomicBoolean over = new AtomicBoolean();
    /** Guards writes to {@code requests}, as the stream takes one at a time, and {@code finished}. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean finished;

    private volatile @Nullable ClientCallStreamObserver<SubscribeRequest> requests;

    private Subscription(SubscriptionEvents events) {
        this.events = events;
    }

    /** @param ack of a page that was stored before; empty for none */
    static Subscription open(
            CallContext context, SubscribeRequest.Register register, String ack, SubscriptionEvents events) {
        Subscription subscription = new Subscription(events);
        if (context.openCalls().isClosed()) {
            subscription.over.set(true);
            events.onEnd(CallFailure.closed());
            return subscription;
        }
        var call = context.channels().next().newCall(SyncServiceGrpc.getSubscribeMethod(), context.streamOptions());
        ClientCalls.asyncBidiStreamingCall(call, subscription.new Responses());
        subscription.write(SubscribeRequest.newBuilder()
                .setRegister(register.toBuilder().setAck(ack))
                .build());
        return subscription;
    }

    /** Says that a page was stored: its {@code next}. Nothing once the subscription is over. */
    public void acknowledge(String next) {
        write(SubscribeRequest.newBuilder().setAck(next).build());
    }

    private void write(SubscribeRequest request) {
        lock.lock();
        try {
            ClientCallStreamObserver<SubscribeRequest> open = requests;
            if (open != null && !over.get() && !finished) {
                open.onNext(request);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the subscription once the server has everything that was acknowledged; then, and after what was still on its way,
     * {@link SubscriptionEvents#onEnd} is called.
     */
    public void finish() {
        lock.lock();
        try {
            ClientCallStreamObserver<SubscribeRequest> open = requests;
            if (open != null && !over.get() && !finished) {
                finished = true;
                open.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the subscription. An event that is being handled is the last one; what was acknowledged just before may be lost. */
    @Override
    public void close() {
        ClientCallStreamObserver<SubscribeRequest> open = requests;
        if (over.compareAndSet(false, true) && open != null) {
            open.cancel("The subscription was closed", null);
        }
    }

    private void end(TidelineCallException cause) {
        if (over.compareAndSet(false, true)) {
            events.onEnd(cause);
        }
    }

    private final class Responses implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeRequest> started) {
            started.disableAutoRequestWithInitial(1);
            requests = started;
        }

        @Override
        public void onNext(SubscribeResponse response) {
            if (over.get()) {
                return;
            }
            switch (response.getEventCase()) {
                case BATCH -> events.onBatch(response.getBatch());
                case CAUGHT_UP -> events.onCaughtUp();
                case HINT -> events.onHint(response.getHint());
                case HEARTBEAT -> events.onHeartbeat();
                case EVENT_NOT_SET -> {
                    // Of a newer server; nothing that this client could miss.
                }
            }
            ClientCallStreamObserver<SubscribeRequest> open = requests;
            if (open != null && !over.get()) {
                open.request(1);
            }
        }

        @Override
        public void onError(Throwable thrown) {
            end(CallFailure.of(thrown));
        }

        @Override
        public void onCompleted() {
            end(CallFailure.found(Status.Code.UNAVAILABLE, "", "The server ended the subscription", null));
        }
    }
}
