package io.tideline.core.error;

/** Stable names of failures. They travel to clients as the {@code reason} of {@code ErrorInfo}: never renamed. */
public enum ErrorReason {
    /** Too much work is waiting; nothing of this request was done. */
    OVERLOADED,
    /** The storage cannot be reached now; nothing of this request was done. */
    STORAGE_UNAVAILABLE,
    /** The answer got lost: done or not done. Asking again with the same client message ids makes it known. */
    OUTCOME_UNKNOWN,
    /** The time allowed was over before the work began; nothing of this request was done. */
    DEADLINE_PASSED,
    /** The tables or their sequencer are missing or of another version; appends are refused until an operator acts. */
    SCHEMA_MISMATCH,
    /** What the storage holds contradicts itself. */
    CORRUPT_DATA,
    /** Work in the background cannot be done as things are; trying it again changes nothing until an operator acts. */
    WORK_FAILED
}
