package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineServiceGrpc;
import org.jspecify.annotations.Nullable;

/** The stream of {@link AppendStream}. */
final class AppendContract implements PipelineContract<AppendStreamRequest, AppendStreamResponse, Receipt> {
    @Override
    public MethodDescriptor<AppendStreamRequest, AppendStreamResponse> method() {
        return TimelineServiceGrpc.getAppendStreamMethod();
    }

    @Override
    public String clientMessageId(AppendStreamRequest request) {
        return request.getEntry().getClientMessageId();
    }

    @Override
    public int payloadBytes(AppendStreamRequest request) {
        return request.getEntry().getPayload().size();
    }

    @Override
    public long requestIndex(AppendStreamResponse answer) {
        return answer.getRequestIndex();
    }

    @Override
    public String answeredId(AppendStreamResponse answer) {
        return answer.getClientMessageId();
    }

    @Override
    public @Nullable Receipt receipt(AppendStreamResponse answer) {
        return answer.hasReceipt() ? answer.getReceipt() : null;
    }

    @Override
    public com.google.rpc.Status error(AppendStreamResponse answer) {
        return answer.getError();
    }
}
