package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The root of all failures that cross a port. The message is constant text per place followed by what varies, which also stands in
 * {@link #context()}; neither holds user content.
 */
public abstract sealed class TidelineException extends RuntimeException
        permits CorruptDataException,
                DeadlinePassedException,
                OutcomeUnknownException,
                OverloadedException,
                SchemaMismatchException,
                StorageUnavailableException,
                WorkFailedException {
    private static final long serialVersionUID = 1L;

    private final ErrorReason reason;
    private final transient Map<String, String> context;

    TidelineException(ErrorReason reason, String message, Map<String, String> context, @Nullable Throwable cause) {
        super(context.isEmpty() ? message : message + " " + context, cause);
        this.reason = reason;
        this.context = Map.copyOf(context);
    }

    public final ErrorReason reason() {
        return reason;
    }

    /** Keys and values for logs and for operators. */
    public final Map<String, String> context() {
        return context;
    }

    /** Whether the same request, ids included, may succeed later. */
    public abstract boolean retryable();
}
