package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The time allowed was over before the work began. Nothing was done. */
public final class DeadlinePassedException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public DeadlinePassedException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.DEADLINE_PASSED, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
