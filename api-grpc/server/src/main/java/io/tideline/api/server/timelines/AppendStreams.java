package io.tideline.api.server.timelines;

import io.grpc.Context;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.IgnoredRequests;
import io.tideline.api.server.call.ItemStreamCall;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.Window;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.core.store.TimelineStore;
import java.time.InstantSource;

/** What all AppendStream calls share. */
record AppendStreams(
        TimelineStore store,
        Statuses statuses,
        OpenStreams openStreams,
        Limits limits,
        MethodMetrics metrics,
        InstantSource clock) {
    StreamObserver<AppendStreamRequest> open(ServerCallStreamObserver<AppendStreamResponse> call) {
        Caller caller = Caller.current();
        try {
            caller.requireService();
        } catch (CallFailure refusal) {
            call.onError(StatusProto.toStatusRuntimeException(refusal.status()));
            return new IgnoredRequests<>();
        }
        AppendStreamItems items =
                new AppendStreamItems(this, caller, Context.current().getDeadline());
        return ItemStreamCall.open(
                call, items, openStreams, new Window(limits.streamWindowItems(), limits.streamWindowBytes()));
    }
}
