package io.tideline.core.operation;

/** What has become of an operation. The code is stored and never changes. */
public enum OperationState {
    /** Nobody has begun. */
    PENDING(1),
    /** Somebody works on it, or has and died: then another goes on from the checkpoint. */
    RUNNING(2),
    /** All was done; the report says what. */
    SUCCEEDED(3),
    /** It cannot be done; the report says how far it came. */
    FAILED(4),
    /** It was given up on request; what was done stays done. */
    CANCELLED(5);

    private final int code;

    OperationState(int code) {
        this.code = code;
    }

    /** The stored byte. */
    public int code() {
        return code;
    }

    public boolean isFinished() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
