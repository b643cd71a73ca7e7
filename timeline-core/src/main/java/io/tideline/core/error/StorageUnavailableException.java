package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The storage did not answer in the time allowed, and nothing was done. */
public final class StorageUnavailableException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public StorageUnavailableException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.STORAGE_UNAVAILABLE, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
