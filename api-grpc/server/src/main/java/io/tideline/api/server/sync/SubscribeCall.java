package io.tideline.api.server.sync;

import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.call.OpenStreams.OpenStream;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.server.translate.SyncResponses;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.core.conversation.ConversationId;
import io.tideline.sync.device.SyncPage;
import io.tideline.sync.device.SyncRequest;
import io.tideline.sync.push.PushHub;
import io.tideline.sync.push.PushListener;
import io.tideline.sync.push.PushSession;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Subscribe, between the hub and the call.
 *
 * <p>The hub calls one at a time, but requests, a client's cancel and a stopping server come on other threads: {@code
 * lock} guards {@code ended} and every word to the call, so that nothing is said after the end. The hub is never called
 * under it.
 */
final class SubscribeCall implements PushListener, OpenStream {
    private final Object lock = new Object();
    private final ServerCallStreamObserver<SubscribeResponse> call;
    private final Caller caller;
    private final PushHub hub;
    private final Statuses statuses;
    private final SharedMessages messages;
    private final Consumer<SubscribeCall> onEnd;
    private volatile @Nullable PushSession session;
    private volatile boolean ended;

    SubscribeCall(
            ServerCallStreamObserver<SubscribeResponse> call,
            Caller caller,
            PushHub hub,
            Statuses statuses,
            SharedMessages messages,
            Consumer<SubscribeCall> onEnd) {
        this.call = call;
        this.caller = caller;
        this.hub = hub;
        this.statuses = statuses;
        this.messages = messages;
        this.onEnd = onEnd;
    }

    /**
     * Called by one thread at a time, as requests come.
     *
     * @return done, never with a failure, when the next request may come
     */
    CompletableFuture<Void> take(SubscribeRequest request) {
        @Nullable PushSession open = session;
        if (ended) {
            return CompletableFuture.completedFuture(null);
        } else if (open == null) {
            begin(request);
            return CompletableFuture.completedFuture(null);
        }
        RequestFields fields = new RequestFields();
        if (!request.hasAck()) {
            fields.add("request", "request: not an ack (expected: register once, then acks)");
        }
        fields.check();
        return open.acknowledge(request.getAck());
    }

    private void begin(SubscribeRequest request) {
        RequestFields fields = new RequestFields();
        if (!request.hasRegister()) {
            fields.add("register", "register: missing (expected: in the first request)");
        }
        fields.check();
        caller.requireUser(request.getRegister().getApp(), request.getRegister().getUser());
        SyncRequest registration = Devices.registration(request.getRegister(), fields);
        fields.check();
        PushSession begun = hub.subscribe(registration, this);
        session = begun;
        if (ended) {
            begun.close();
        } else {
            // The call may have become ready while nobody could be told.
            begun.ready();
        }
    }

    void becameReady() {
        @Nullable PushSession open = session;
        if (open != null) {
            open.ready();
        }
    }

    void cancelled() {
        end(null, false);
    }

    void complete() {
        end(null, true);
    }

    void fail(StatusRuntimeException failure) {
        end(failure, false);
    }

    @Override
    public void stop() {
        end(StatusProto.toStatusRuntimeException(Statuses.stopping()), false);
    }

    @Override
    public boolean isReady() {
        return !ended && call.isReady();
    }

    @Override
    public void page(SyncPage page) {
        send(SubscribeResponse.newBuilder()
                .setBatch(SyncResponses.page(page, messages::of))
                .build());
    }

    @Override
    public void caughtUp() {
        send(SubscribeResponse.newBuilder()
                .setCaughtUp(SubscribeResponse.SubscribeCaughtUp.getDefaultInstance())
                .build());
    }

    @Override
    public void hint(Set<ConversationId> moved) {
        SubscribeResponse.Hint.Builder hint = SubscribeResponse.Hint.newBuilder();
        moved.forEach(conversation -> hint.addConversationIds(conversation.value()));
        send(SubscribeResponse.newBuilder().setHint(hint).build());
    }

    @Override
    public void heartbeat() {
        send(SubscribeResponse.newBuilder()
                .setHeartbeat(
                        SubscribeResponse.Heartbeat.newBuilder().setServerTime(Responses.timestamp(Instant.now())))
                .build());
    }

    @Override
    public void ended(Ended reason) {
        end(StatusProto.toStatusRuntimeException(status(reason)), false);
    }

    private com.google.rpc.Status status(Ended reason) {
        if (reason instanceof Ended.Refused refused) {
            return Refusals.of(refused.refusal());
        } else if (reason instanceof Ended.Failed failed) {
            return statuses.of(failed.failure());
        }
        return Refusals.replaced();
    }

    private void send(SubscribeResponse response) {
        synchronized (lock) {
            if (!ended) {
                call.onNext(response);
            }
        }
    }

    /** @param failure null when the client has gone or is done */
    private void end(@Nullable StatusRuntimeException failure, boolean completed) {
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            if (failure != null) {
                call.onError(failure);
            } else if (completed) {
                call.onCompleted();
            }
        }
        @Nullable PushSession open = session;
        if (open != null) {
            open.close();
        }
        onEnd.accept(this);
    }
}
