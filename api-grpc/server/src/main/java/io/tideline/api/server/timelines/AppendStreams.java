package io.tideline.api.server.timelines;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.core.store.TimelineStore;

/** What all AppendStream calls share. */
record AppendStreams(
        TimelineStore store, Statuses statuses, OpenStreams openStreams, Limits limits, MethodMetrics metrics) {
    StreamObserver<AppendStreamRequest> open(ServerCallStreamObserver<AppendStreamResponse> call) {
        AppendStreamCall stream =
                new AppendStreamCall(this, call, Context.current().getDeadline());
        stream.begin();
        return stream;
    }
}
