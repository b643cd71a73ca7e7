package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.tideline.api.v1.MessageServiceGrpc;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.SendStreamRequest;
import io.tideline.api.v1.SendStreamResponse;
import org.jspecify.annotations.Nullable;

/** The stream of {@link SendStream}. */
final class SendContract implements PipelineContract<SendStreamRequest, SendStreamResponse, SendResponse> {
    @Override
    public MethodDescriptor<SendStreamRequest, SendStreamResponse> method() {
        return MessageServiceGrpc.getSendStreamMethod();
    }

    @Override
    public String clientMessageId(SendStreamRequest request) {
        return request.getMessage().getClientMessageId();
    }

    @Override
    public int payloadBytes(SendStreamRequest request) {
        return request.getMessage().getPayload().size();
    }

    @Override
    public long requestIndex(SendStreamResponse answer) {
        return answer.getRequestIndex();
    }

    @Override
    public String answeredId(SendStreamResponse answer) {
        return answer.getClientMessageId();
    }

    @Override
    public @Nullable SendResponse receipt(SendStreamResponse answer) {
        return answer.hasReceipt() ? answer.getReceipt() : null;
    }

    @Override
    public com.google.rpc.Status error(SendStreamResponse answer) {
        return answer.getError();
    }
}
