package io.tideline.core.operation;

import java.time.Instant;
import java.util.Objects;

/**
 * Who works on an operation.
 *
 * @param holder the process, empty for none
 * @param until from when on another may take it
 * @param fence how often it was taken: whoever sees a greater one than his own has lost it
 */
public record OperationClaim(String holder, Instant until, long fence) {
    public static final OperationClaim NONE = new OperationClaim("", Instant.EPOCH, 0);

    public OperationClaim {
        Objects.requireNonNull(holder, "holder");
        Objects.requireNonNull(until, "until");
    }

    /** The next holder's. */
    public OperationClaim taken(String by, Instant through) {
        return new OperationClaim(by, through, fence + 1);
    }

    public OperationClaim prolonged(Instant through) {
        return new OperationClaim(holder, through, fence);
    }
}
