package io.tideline.sync.fanout;

/** Ends a run whose lease another worker has taken. Never leaves this package. */
final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseLostException() {
        super("another worker has taken the lease", null, false, false);
    }
}
