package io.tideline.store.operation;

import io.tideline.core.operation.OperationProgress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** What one step of an operation has come to. */
public sealed interface OperationStep {
    /**
     * There is more to do.
     *
     * @param checkpoint where the next step begins, after a crash as well
     * @param report of all that was done so far
     * @param pause before the next step, zero for none
     */
    record More(OperationProgress progress, Map<String, String> checkpoint, Map<String, String> report, Duration pause)
            implements OperationStep {
        public More {
            Objects.requireNonNull(progress, "progress");
            Objects.requireNonNull(pause, "pause");
            checkpoint = Map.copyOf(checkpoint);
            report = Map.copyOf(report);
        }
    }

    /** All is done. */
    record Done(OperationProgress progress, Map<String, String> report) implements OperationStep {
        public Done {
            Objects.requireNonNull(progress, "progress");
            report = Map.copyOf(report);
        }
    }

    /**
     * It cannot be done.
     *
     * @param problem why, without user content
     */
    record Failed(String problem, Map<String, String> report) implements OperationStep {
        public Failed {
            Objects.requireNonNull(problem, "problem");
            report = Map.copyOf(report);
        }
    }
}
