package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer got lost: the append may or may not be committed. Repeating it with the same ids is safe and tells. */
public final class OutcomeUnknownException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.OUTCOME_UNKNOWN, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
