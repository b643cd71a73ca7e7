package io.tideline.api.server.messages;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.CallDeadlines;
import io.tideline.api.server.call.ItemStreamCall;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.Window;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.store.message.MessageService;
import org.jspecify.annotations.Nullable;

/** What all SendStream calls share. */
record SendStreams(
        MessageService service, Statuses statuses, OpenStreams openStreams, Limits limits, MethodMetrics metrics) {
    StreamObserver<SendStreamRequest> open(ServerCallStreamObserver<SendStreamResponse> call) {
        io.grpc.@Nullable Deadline deadline = Context.current().getDeadline();
        SendLanes lanes = new SendLanes(service, () -> CallDeadlines.of(deadline));
        return ItemStreamCall.open(
                call,
                new SendStreamItems(lanes, Caller.current(), statuses, metrics),
                openStreams,
                new Window(limits.streamWindowItems(), limits.streamWindowBytes()));
    }
}
