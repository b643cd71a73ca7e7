package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Work in the background came to nothing, for a reason that stays until an operator acts: a disk is full, a job fails. What
 * it has left half done does no harm. The context says what to look at.
 */
public final class WorkFailedException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public WorkFailedException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.WORK_FAILED, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
