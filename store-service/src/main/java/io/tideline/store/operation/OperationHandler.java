package io.tideline.store.operation;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import java.util.concurrent.CompletableFuture;

/**
 * Does the operations of one kind, a step at a time. A step may be taken again, by another process as well, when nobody
 * knows whether it was: each must be idempotent. Thread safe; one operation is stepped by one worker at a time, unless a
 * worker that has lost its lease has not noticed yet.
 */
public interface OperationHandler {
    /** The kind, as requests name it. */
    String kind();

    /**
     * Looks at a request before anything is kept of it.
     *
     * @throws IllegalArgumentException when it is none of this kind
     */
    void check(OperationRequest request);

    /** Whether it may be given up half way. */
    default boolean cancellable() {
        return true;
    }

    /**
     * Takes one step from the operation's checkpoint. A step that fails with a {@link
     * io.tideline.core.error.TidelineException} that is retryable is taken again after a pause; any other failure ends the
     * operation.
     *
     * @param operation as it was last written; its claim's fence tells one holder's steps from another's
     * @param control for steps that take long
     */
    CompletableFuture<OperationStep> step(Operation operation, Control control);

    /** What a step that takes long may tell and ask while it lasts. */
    interface Control {
        /** How far the step has come; written with the next renewal of the lease. */
        void progress(OperationProgress progress);

        /** Whether the step had better end: cancelled, the lease lost, or the process about to end. */
        boolean isStopRequested();
    }
}
