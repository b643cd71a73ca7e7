package io.tideline.api.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.SendStreamResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Sees every status that reaches a client, of calls and of items, and notes each that breaks the contract: no ErrorInfo
 * with domain and reason, no BadRequest in an INVALID_ARGUMENT, no RetryInfo in a retryable one. CANCELLED and
 * DEADLINE_EXCEEDED without details are the client's own.
 */
final class StatusConformance implements ClientInterceptor {
    private static final Set<Code> RETRYABLE =
            Set.of(Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED, Code.DEADLINE_EXCEEDED);
    private static final Set<Status.Code> CLIENTS_OWN = Set.of(Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED);

    private final List<String> breaches = new CopyOnWriteArrayList<>();

    List<String> breaches() {
        return breaches;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(new Observing<>(listener, method.getBareMethodName()), headers);
            }
        };
    }

    private final class Observing<R> extends SimpleForwardingClientCallListener<R> {
        private final String method;

        Observing(ClientCall.Listener<R> listener, String method) {
            super(listener);
            this.method = method;
        }

        @Override
        public void onMessage(R message) {
            if (message instanceof BatchAppendResponse batch) {
                batch.getResultsList().stream().filter(AppendResult::hasError).forEach(r -> check(r.getError()));
            }
            if (message instanceof AppendStreamResponse answer && answer.hasError()) {
                check(answer.getError());
            }
            if (message instanceof SendStreamResponse answer && answer.hasError()) {
                check(answer.getError());
            }
            super.onMessage(message);
        }

        private void check(com.google.rpc.Status status) {
            StatusConformance.this.check(method, status);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            com.google.rpc.Status detailed = StatusProto.fromStatusAndTrailers(status, trailers);
            boolean own = CLIENTS_OWN.contains(status.getCode()) && detailed.getDetailsCount() == 0;
            if (!status.isOk() && !own) {
                check(detailed);
            }
            super.onClose(status, trailers);
        }
    }

    private void check(String method, com.google.rpc.Status status) {
        Code code = Code.forNumber(status.getCode());
        ErrorInfo info = detail(status, ErrorInfo.class, ErrorInfo.getDefaultInstance());
        if (!info.getDomain().equals("tideline") || info.getReason().isEmpty()) {
            breaches.add(method + " " + code + " without ErrorInfo: " + status.getMessage());
        }
        BadRequest bad = detail(status, BadRequest.class, BadRequest.getDefaultInstance());
        if (code == Code.INVALID_ARGUMENT && bad.getFieldViolationsCount() == 0) {
            breaches.add(method + " INVALID_ARGUMENT without BadRequest: " + status.getMessage());
        }
        RetryInfo retry = detail(status, RetryInfo.class, RetryInfo.getDefaultInstance());
        if (RETRYABLE.contains(code) && !retry.hasRetryDelay()) {
            breaches.add(method + " " + code + " without RetryInfo: " + status.getMessage());
        }
    }

    private static <T extends com.google.protobuf.Message> T detail(
            com.google.rpc.Status status, Class<T> type, T otherwise) {
        for (Any any : status.getDetailsList()) {
            if (any.is(type)) {
                try {
                    return any.unpack(type);
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return otherwise;
    }

    /** What a failed call or item says, in a form that tests can compare. */
    record Failure(Code code, String reason, Map<String, String> metadata, List<String> fields, String message) {
        static Failure of(com.google.rpc.Status status) {
            ErrorInfo info = detail(status, ErrorInfo.class, ErrorInfo.getDefaultInstance());
            List<String> fields =
                    detail(status, BadRequest.class, BadRequest.getDefaultInstance()).getFieldViolationsList().stream()
                            .map(BadRequest.FieldViolation::getField)
                            .toList();
            return new Failure(
                    Code.forNumber(status.getCode()),
                    info.getReason(),
                    info.getMetadataMap(),
                    fields,
                    status.getMessage());
        }

        static Failure of(Throwable failure) {
            return of(StatusProto.fromThrowable(failure));
        }
    }
}
