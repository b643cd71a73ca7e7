package io.tideline.core.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the storage holds contradicts itself: a hole that nothing explains, a cell that cannot be decoded. */
public final class CorruptDataException extends TidelineException {
    private static final long serialVersionUID = 1L;

    public CorruptDataException(String message, Map<String, String> context, @Nullable Throwable cause) {
        super(ErrorReason.CORRUPT_DATA, message, context, cause);
    }

    @Override
    public boolean retryable() {
        return false;
    }
}
