package io.tideline.api.server.status;

import com.google.rpc.Status;

/** Ends a call with a status that is already made. Has no stack trace: it is an answer, not a defect. */
public final class CallFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    public CallFailure(Status status) {
        super(status.getMessage(), null, false, false);
        this.status = status;
    }

    public Status status() {
        return status;
    }
}
