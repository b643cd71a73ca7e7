package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables or sequencer are missing or of another version. Nothing was done, and nothing will be until an operator acts. */
public final class SchemaMismatchException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public SchemaMismatchException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.SCHEMA_MISMATCH, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
