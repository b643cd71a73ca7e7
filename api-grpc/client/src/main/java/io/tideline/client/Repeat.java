package io.tideline.client;

/** Which failures of a method may be answered by asking again. */
enum Repeat {
    /** Reads, and appends: the same client message ids make a repeat the same append. */
    ALWAYS,
    /** Methods whose repeat could fail on its own first attempt: only when the server says that nothing was done. */
    WHEN_NOTHING_DONE;

    boolean allows(CallFailure failure) {
        return failure.retryable() && (this == ALWAYS || failure.nothingDone());
    }
}
