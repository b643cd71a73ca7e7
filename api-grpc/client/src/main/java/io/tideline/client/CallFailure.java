package io.tideline.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.tideline.client.TidelineCallException.FieldViolation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A failed call in the words of the contract, taken from a status and its details. */
record CallFailure(
        Status.Code code,
        String reason,
        String message,
        Map<String, String> metadata,
        List<FieldViolation> fieldViolations,
        @Nullable Duration retryAfter) {
    static final String DOMAIN = "tideline";
    private static final Set<String> NOTHING_DONE = Set.of("OVERLOADED", "STORAGE_UNAVAILABLE", "DEADLINE_PASSED");

    CallFailure {
        metadata = Map.copyOf(metadata);
        fieldViolations = List.copyOf(fieldViolations);
    }

    /** One that the client itself found. */
    static TidelineCallException found(Status.Code code, String reason, String message, @Nullable Throwable cause) {
        return new CallFailure(code, reason, message, Map.of(), List.of(), null).exception(cause);
    }

    static TidelineCallException closed() {
        return found(Status.Code.CANCELLED, TidelineCallException.CLIENT_CLOSED, "The client was closed", null);
    }

    /** What a future of this client failed with. */
    static TidelineCallException ofAnswer(@Nullable Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause == null ? found(Status.Code.UNKNOWN, "", "No answer and no failure", null) : of(cause);
    }

    /** One that gRPC reported: the server's, or the transport's. */
    static TidelineCallException of(Throwable thrown) {
        if (thrown instanceof TidelineCallException known) {
            return known;
        }
        com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
        if (details == null) {
            return found(Status.Code.UNKNOWN, "", String.valueOf(thrown.getMessage()), thrown);
        }
        return of(details).withoutForeignCancellation().exception(thrown);
    }

    /**
     * Nothing that this client cancels itself comes here. CANCELLED without a reason is a server (or a proxy) that goes
     * down and resets its streams: a lost connection.
     */
    private CallFailure withoutForeignCancellation() {
        return code == Status.Code.CANCELLED && reason.isEmpty()
                ? new CallFailure(Status.Code.UNAVAILABLE, reason, message, metadata, fieldViolations, retryAfter)
                : this;
    }

    /** One that the server wrote into an answer. */
    static CallFailure of(com.google.rpc.Status status) {
        ErrorInfo info = ErrorInfo.getDefaultInstance();
        List<FieldViolation> violations = List.of();
        Duration retryAfter = null;
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                info = unpacked(detail, ErrorInfo.getDefaultInstance());
            } else if (detail.is(BadRequest.class)) {
                violations = violations(unpacked(detail, BadRequest.getDefaultInstance()));
            } else if (detail.is(RetryInfo.class)) {
                var delay = unpacked(detail, RetryInfo.getDefaultInstance()).getRetryDelay();
                retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
            }
        }
        return new CallFailure(
                Status.fromCodeValue(status.getCode()).getCode(),
                info.getReason(),
                status.getMessage(),
                info.getMetadataMap(),
                violations,
                retryAfter);
    }

    /** A detail that cannot be read says nothing; the code still stands. */
    private static <T extends Message> T unpacked(Any detail, T nothing) {
        try {
            return detail.unpackSameTypeAs(nothing);
        } catch (InvalidProtocolBufferException e) {
            return nothing;
        }
    }

    private static List<FieldViolation> violations(BadRequest request) {
        return request.getFieldViolationsList().stream()
                .map(violation -> new FieldViolation(violation.getField(), violation.getDescription()))
                .toList();
    }

    /** Exhausted alone may also mean "too big, for ever": only the server's word makes it worth a repeat. */
    boolean retryable() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
            case RESOURCE_EXHAUSTED -> retryAfter != null;
            default -> false;
        };
    }

    /** The server said that nothing of the call was done, so that even a call that is not idempotent may be repeated. */
    boolean nothingDone() {
        return NOTHING_DONE.contains(reason);
    }

    TidelineCallException exception(@Nullable Throwable cause) {
        return new TidelineCallException(this, cause);
    }

    String text() {
        return code + (reason.isEmpty() ? "" : "/" + reason) + ": " + message;
    }

    /** The same as an item of a batch carries it. */
    com.google.rpc.Status toStatus() {
        var status = com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(message);
        if (!reason.isEmpty()) {
            var info =
                    ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason).putAllMetadata(metadata);
            status.addDetails(Any.pack(info.build()));
        }
        if (retryAfter != null) {
            var delay = com.google.protobuf.Duration.newBuilder()
                    .setSeconds(retryAfter.getSeconds())
                    .setNanos(retryAfter.getNano());
            status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
        }
        return status.build();
    }
}
