package io.tideline.api.server.messages;

import io.tideline.api.server.call.ItemStreamCall.Items;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.store.message.OutgoingMessage;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one SendStream sends. */
final class SendStreamItems implements Items<SendStreamRequest, SendStreamResponse> {
    private final SendLanes lanes;
    private final Caller caller;
    private final Statuses statuses;
    private final MethodMetrics metrics;

    SendStreamItems(SendLanes lanes, Caller caller, Statuses statuses, MethodMetrics metrics) {
        this.lanes = lanes;
        this.caller = caller;
        this.statuses = statuses;
        this.metrics = metrics;
    }

    @Override
    public int payloadBytes(SendStreamRequest request) {
        return request.getMessage().getPayload().size();
    }

    @Override
    public CompletableFuture<SendStreamResponse> answer(long index, SendStreamRequest request) {
        long startedNanos = System.nanoTime();
        return send(request).handle((receipt, failure) -> {
            metrics.record(startedNanos, failure == null);
            return answer(index, request, receipt, failure);
        });
    }

    /** The outermost frame of an item: whatever it throws is the item's error and not the stream's. */
    private CompletableFuture<SendResponse> send(SendStreamRequest request) {
        try {
            caller.requireUser(request.getApp(), request.getSender());
            RequestFields fields = new RequestFields();
            AppId app = fields.app(request.getApp());
            ConversationId conversation = fields.conversation(request.getConversationId());
            UserId sender = fields.user("sender", request.getSender());
            OutgoingMessage message = fields.message("message", request.hasMessage(), request.getMessage());
            fields.check();
            return lanes.send(app, conversation, sender, message)
                    .thenApply(Refusals::accepted)
                    .thenApply(Sends::receipt);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private SendStreamResponse answer(
            long index, SendStreamRequest request, @Nullable SendResponse receipt, @Nullable Throwable failure) {
        SendStreamResponse.Builder answer = SendStreamResponse.newBuilder()
                .setRequestIndex(index)
                .setClientMessageId(request.getMessage().getClientMessageId());
        if (receipt != null) {
            return answer.setReceipt(receipt).build();
        }
        return answer.setError(statuses.of(failure != null ? failure : new IllegalStateException("no receipt")))
                .build();
    }
}
