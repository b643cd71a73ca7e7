package io.tideline.core.operation;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One operation as its register says, hence its many parts.
 *
 * @param cancelRequested whoever works on it stops at the next step
 * @param checkpoint where the handler goes on, its own; empty before the begin
 * @param report names and values of what was done so far, no user content
 * @param problem why it failed, or why it is being tried again; empty for none
 * @param updated when this was last written, by the writer's clock
 */
public record Operation(
        OperationId id,
        OperationRequest request,
        OperationState state,
        boolean cancelRequested,
        OperationProgress progress,
        Map<String, String> checkpoint,
        Map<String, String> report,
        String problem,
        OperationClaim claim,
        Instant created,
        Instant updated) {
    public Operation {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(progress, "progress");
        checkpoint = Map.copyOf(checkpoint);
        report = Map.copyOf(report);
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(updated, "updated");
    }

    /** One that nobody has begun. */
    public static Operation pending(OperationId id, OperationRequest request, Instant now) {
        return new Operation(
                id,
                request,
                OperationState.PENDING,
                false,
                OperationProgress.NONE,
                Map.of(),
                Map.of(),
                "",
                OperationClaim.NONE,
                now,
                now);
    }

    public Operation withState(OperationState next, String why) {
        return copy(next, cancelRequested, progress, checkpoint, report, why, claim, updated);
    }

    public Operation withCancelRequested() {
        return copy(state, true, progress, checkpoint, report, problem, claim, updated);
    }

    public Operation withProgress(OperationProgress next) {
        return copy(state, cancelRequested, next, checkpoint, report, problem, claim, updated);
    }

    public Operation withStep(OperationProgress next, Map<String, String> goOnAt, Map<String, String> done) {
        return copy(state, cancelRequested, next, goOnAt, done, "", claim, updated);
    }

    public Operation withClaim(OperationClaim next, Instant now) {
        return copy(state, cancelRequested, progress, checkpoint, report, problem, next, now);
    }

    private Operation copy(
            OperationState nextState,
            boolean cancel,
            OperationProgress nextProgress,
            Map<String, String> nextCheckpoint,
            Map<String, String> nextReport,
            String nextProblem,
            OperationClaim nextClaim,
            Instant now) {
        return new Operation(
                id,
                request,
                nextState,
                cancel,
                nextProgress,
                nextCheckpoint,
                nextReport,
                nextProblem,
                nextClaim,
                created,
                now);
    }
}
