package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A bounded queue is full. Nothing was done; come back after a pause. */
public final class OverloadedException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public OverloadedException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.OVERLOADED, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
