package io.tideline.api.server.status;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.tideline.core.error.ErrorReason;
import io.tideline.core.error.TidelineException;
import io.tideline.core.timeline.SequenceId;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that makes statuses. Their texts are fixed; what varies stands in the details; nothing of the storage
 * (hosts, keys, messages of its exceptions) and no content leaves the process.
 */
public final class Statuses {
    private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);

    private final Supplier<String> correlationIds;

    /**
     * Makes statuses.
     *
     * @param correlationIds names for failures whose details stand in the log only
     */
    public Statuses(Supplier<String> correlationIds) {
        this.correlationIds = correlationIds;
    }

    /** INVALID_ARGUMENT with what was noted. */
    public static Status invalid(FieldViolations violations) {
        Any badRequest = Any.pack(
                BadRequest.newBuilder().addAllFieldViolations(violations.list()).build());
        return failure(Code.INVALID_ARGUMENT, Reasons.INVALID_REQUEST, "the request is not acceptable", Map.of())
                .addDetails(badRequest)
                .build();
    }

    /** INVALID_ARGUMENT for one field. */
    public static Status invalid(String field, String description) {
        FieldViolations violations = new FieldViolations();
        violations.add(field, description);
        return invalid(violations);
    }

    /** ALREADY_EXISTS: an id was used before with other content; nothing was written. */
    public static Status conflict(String clientMessageId, int entryIndex, SequenceId existing) {
        return failure(
                        Code.ALREADY_EXISTS,
                        Reasons.CLIENT_MESSAGE_CONFLICT,
                        "the sender has used this client message id for other content; nothing was written",
                        Map.of(
                                "client_message_id", clientMessageId,
                                "entry_index", Integer.toString(entryIndex),
                                "existing_seq", existing.toString()))
                .build();
    }

    /** ABORTED: another item of the same timeline and batch was refused, and nothing of the timeline was written. */
    public static Status batchRejected(int refusedItem) {
        return failure(
                        Code.ABORTED,
                        Reasons.BATCH_REJECTED,
                        "another item of this timeline in the same batch was refused; nothing was written",
                        Map.of("refused_item", Integer.toString(refusedItem)))
                .build();
    }

    /** OUT_OF_RANGE: nothing was ever there. */
    public static Status beyondHead(SequenceId last) {
        return failure(
                        Code.OUT_OF_RANGE,
                        Reasons.SEQUENCE_BEYOND_HEAD,
                        "the range starts more than one beyond the last committed seq",
                        Map.of("last_seq", last.toString()))
                .build();
    }

    public static Status entryNotFound(SequenceId last) {
        return failure(
                        Code.NOT_FOUND,
                        Reasons.ENTRY_NOT_FOUND,
                        "the seq was never assigned",
                        Map.of("last_seq", last.toString()))
                .build();
    }

    public static Status entryExpired(SequenceId last) {
        return failure(
                        Code.NOT_FOUND,
                        Reasons.ENTRY_EXPIRED,
                        "retention has dropped the entry",
                        Map.of("last_seq", last.toString()))
                .build();
    }

    public static Status timelineNotFound() {
        return failure(
                        Code.NOT_FOUND,
                        Reasons.TIMELINE_NOT_FOUND,
                        "nobody created this timeline or appended to it",
                        Map.of())
                .build();
    }

    public static Status timelineExists() {
        return failure(Code.ALREADY_EXISTS, Reasons.TIMELINE_EXISTS, "the timeline exists", Map.of())
                .build();
    }

    public static Status attributesChanged(long currentVersion) {
        return failure(
                        Code.ABORTED,
                        Reasons.ATTRIBUTES_CHANGED,
                        "the attributes have another version; nothing was changed",
                        Map.of("current_version", Long.toString(currentVersion)))
                .build();
    }

    /** UNAUTHENTICATED: no token, or one that is not believed. */
    public static Status unauthenticated() {
        return failure(
                        Code.UNAUTHENTICATED,
                        Reasons.UNAUTHENTICATED,
                        "the call needs a valid token in the header authorization: Bearer ...",
                        Map.of())
                .build();
    }

    /** UNAUTHENTICATED: the token was good. */
    public static Status tokenExpired() {
        return failure(Code.UNAUTHENTICATED, Reasons.TOKEN_EXPIRED, "the token has expired", Map.of())
                .build();
    }

    /** PERMISSION_DENIED: not for callers of this kind. */
    public static Status scopeTooLow(String required) {
        return failure(
                        Code.PERMISSION_DENIED,
                        Reasons.SCOPE_TOO_LOW,
                        "the token's scope does not allow the call",
                        Map.of("required_scope", required))
                .build();
    }

    /** PERMISSION_DENIED: the request names an app that is not the token's. */
    public static Status notYourApp() {
        return failure(
                        Code.PERMISSION_DENIED,
                        Reasons.NOT_YOUR_APP,
                        "the request names another app than the token",
                        Map.of())
                .build();
    }

    /** PERMISSION_DENIED: a user asks in the name of another one. */
    public static Status notYourself() {
        return failure(
                        Code.PERMISSION_DENIED,
                        Reasons.NOT_YOURSELF,
                        "the request names another user than the token",
                        Map.of())
                .build();
    }

    /** FAILED_PRECONDITION: this server has no archive. */
    public static Status archiveNotConfigured() {
        return failure(
                        Code.FAILED_PRECONDITION,
                        Reasons.ARCHIVE_NOT_CONFIGURED,
                        "the server has no archive; it is started with one by --archive",
                        Map.of())
                .build();
    }

    /** FAILED_PRECONDITION: this server keeps no search index. */
    public static Status searchOff() {
        return failure(Code.FAILED_PRECONDITION, Reasons.SEARCH_OFF, "this server keeps no search index", Map.of())
                .build();
    }

    /** UNAVAILABLE: this server ends its streams; another one, or this one a little later, goes on. */
    public static Status stopping() {
        return failure(Code.UNAVAILABLE, Reasons.SERVER_STOPPING, "the server is stopping", Map.of())
                .addDetails(retryAfterMillis(1_000))
                .build();
    }

    /** UNAVAILABLE: one before it was refused for now, which has to be repeated first; nothing was done. */
    public static Status orderHeld() {
        return failure(
                        Code.UNAVAILABLE,
                        Reasons.ORDER_HELD,
                        "one before it on this stream was refused for now; repeat from that one on, in order",
                        Map.of())
                .addDetails(retryAfterMillis(200))
                .build();
    }

    /** Whether the same request, ids included, may succeed later. */
    public static boolean isForNow(Throwable failure) {
        return unwrap(failure) instanceof TidelineException known && known.retryable();
    }

    /** The status of any failure. What is not foreseen is logged and becomes INTERNAL with a correlation id. */
    public Status of(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof CallFailure known) {
            return known.status();
        }
        if (cause instanceof TidelineException known) {
            return ofReason(known);
        }
        String correlationId = correlationIds.get();
        LOG.error("call failed unforeseen, correlation_id={}", correlationId, cause);
        return failure(
                        Code.INTERNAL,
                        Reasons.INTERNAL,
                        "internal error; the server's log has the details under the correlation id",
                        Map.of("correlation_id", correlationId))
                .build();
    }

    private Status ofReason(TidelineException failure) {
        return switch (failure.reason()) {
            case OVERLOADED ->
                failure.context().containsKey("rule")
                        ? tooFast(failure)
                        : ofReason(failure, Code.RESOURCE_EXHAUSTED, "too much work is waiting", 200);
            case STORAGE_UNAVAILABLE -> ofReason(failure, Code.UNAVAILABLE, "the storage cannot be reached", 500);
            case OUTCOME_UNKNOWN ->
                ofReason(
                        failure,
                        Code.UNAVAILABLE,
                        "done or not done; repeat with the same client message ids to know",
                        200);
            case DEADLINE_PASSED ->
                ofReason(failure, Code.DEADLINE_EXCEEDED, "the deadline passed before the work began", 100);
            case SCHEMA_MISMATCH ->
                logged(failure, Code.FAILED_PRECONDITION, "the storage's tables or sequencer are of another version");
            case CORRUPT_DATA -> logged(failure, Code.DATA_LOSS, "what the storage holds contradicts itself");
            case WORK_FAILED -> logged(failure, Code.FAILED_PRECONDITION, "it cannot be done until an operator acts");
        };
    }

    /** A rule of the app that counts per minute: a second later there may be room again. */
    private static Status tooFast(TidelineException failure) {
        return failure(
                        Code.RESOURCE_EXHAUSTED,
                        failure.reason().name(),
                        "more messages than the app allows: "
                                + failure.context().get("rule"),
                        failure.context())
                .addDetails(retryAfterMillis(1_000))
                .build();
    }

    private static Status ofReason(TidelineException failure, Code code, String text, long retryMillis) {
        LOG.debug("call failed, reason={}", failure.reason(), failure);
        return failure(code, failure.reason().name(), text, Map.of())
                .addDetails(retryAfterMillis(retryMillis))
                .build();
    }

    /** Those an operator has to look at. A missing schema fails every append, so only corruption gets its trace. */
    private Status logged(TidelineException failure, Code code, String text) {
        String correlationId = correlationIds.get();
        if (failure.reason() == ErrorReason.CORRUPT_DATA) {
            LOG.error("corrupt data, correlation_id={}", correlationId, failure);
        } else {
            LOG.warn(
                    "call refused, reason={} correlation_id={}: {}",
                    failure.reason(),
                    correlationId,
                    failure.toString());
        }
        return failure(code, failure.reason().name(), text, Map.of("correlation_id", correlationId))
                .build();
    }

    static Status.Builder failure(Code code, String reason, String text, Map<String, String> metadata) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setDomain(Reasons.DOMAIN)
                .setReason(reason)
                .putAllMetadata(metadata)
                .build();
        return Status.newBuilder().setCode(code.getNumber()).setMessage(text).addDetails(Any.pack(info));
    }

    private static Any retryAfterMillis(long millis) {
        return Any.pack(RetryInfo.newBuilder()
                .setRetryDelay(
                        Duration.newBuilder().setSeconds(millis / 1_000).setNanos((int) (millis % 1_000) * 1_000_000))
                .build());
    }

    /** What a future failed with, without the wrappings of stages. */
    public static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException || inner instanceof ExecutionException) {
            @Nullable Throwable cause = inner.getCause();
            if (cause == null) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }
}
