package io.tideline.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a call failed, as the server said it or as the client found it. Futures of the client fail with nothing else. */
public final class TidelineCallException extends RuntimeException {
    /** Reason: the client's bound of pending calls is reached; nothing was sent. */
    public static final String TOO_MANY_PENDING = "TOO_MANY_PENDING";
    /** Reason: the client or the stream was closed; what was on its way may or may not have been done. */
    public static final String CLIENT_CLOSED = "CLIENT_CLOSED";
    /** Reason: the server broke the contract, such as a hole in a watch. Never expected. */
    public static final String CONTRACT_BROKEN = "CONTRACT_BROKEN";
    /** Reason: a timeline ends before a checkpoint in it; see the API. */
    public static final String CHECKPOINT_BEYOND_HEAD = "CHECKPOINT_BEYOND_HEAD";
    /** Reason: the caller's own consumer threw; see the cause. */
    public static final String CONSUMER_FAILED = "CONSUMER_FAILED";

    private final CallFailure failure;

    TidelineCallException(CallFailure failure, @Nullable Throwable cause) {
        super(failure.text(), cause);
        this.failure = failure;
    }

    /** The canonical code. */
    public Status.Code code() {
        return failure.code();
    }

    /** The stable reason of {@code ErrorInfo}, or one of the constants here; empty when only the transport failed. */
    public String reason() {
        return failure.reason();
    }

    /** What {@code ErrorInfo} says beside the reason. */
    public Map<String, String> metadata() {
        return failure.metadata();
    }

    /** The fields of the request that were refused, in the server's order. */
    public List<FieldViolation> fieldViolations() {
        return failure.fieldViolations();
    }

    /** When the server wants to be asked again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(failure.retryAfter());
    }

    /**
     * Whether the same call may succeed later. For appends that is always safe with the same client message ids; the
     * client has by then repeated for as long as it was told to.
     */
    public boolean retryable() {
        return failure.retryable();
    }

    CallFailure failure() {
        return failure;
    }

    /** A field of a request and what is wrong with it. */
    public record FieldViolation(String field, String description) {}
}
