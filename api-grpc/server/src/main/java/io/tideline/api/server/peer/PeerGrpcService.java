package io.tideline.api.server.peer;

import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.IgnoredRequests;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.HintBatch;
import io.tideline.api.v1.HintsSummary;
import io.tideline.api.v1.PeerServiceGrpc;
import io.tideline.sync.peer.Hints;
import java.util.function.Consumer;

/** {@code tideline.v1.PeerService}: hands on what other servers tell. Never blocks. */
public final class PeerGrpcService extends PeerServiceGrpc.PeerServiceImplBase {
    private final Consumer<Hints> hints;
    private final Statuses statuses;
    private final OpenStreams openStreams;

    /** @param hints called on the transport's threads; must not block */
    public PeerGrpcService(Consumer<Hints> hints, Statuses statuses, OpenStreams openStreams) {
        this.hints = hints;
        this.statuses = statuses;
        this.openStreams = openStreams;
    }

    @Override
    public StreamObserver<HintBatch> hints(StreamObserver<HintsSummary> observer) {
        try {
            Caller.current().requireServer();
        } catch (CallFailure refusal) {
            observer.onError(StatusProto.toStatusRuntimeException(refusal.status()));
            return new IgnoredRequests<>();
        }
        ServerCallStreamObserver<HintsSummary> call = (ServerCallStreamObserver<HintsSummary>) observer;
        HintsCall hintsCall = new HintsCall(call, hints, statuses, openStreams::remove);
        call.setOnCancelHandler(hintsCall::forget);
        openStreams.add(hintsCall);
        return hintsCall;
    }
}
