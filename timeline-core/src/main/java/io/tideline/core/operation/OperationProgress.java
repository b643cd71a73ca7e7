package io.tideline.core.operation;

import java.util.Objects;

/**
 * How far an operation has come.
 *
 * @param stage what is being done, in a word or two; empty before the begin
 * @param done units of the stage, 0 or more
 * @param total units of the stage, 0 while unknown
 */
public record OperationProgress(String stage, long done, long total) {
    public static final OperationProgress NONE = new OperationProgress("", 0, 0);

    public OperationProgress {
        Objects.requireNonNull(stage, "stage");
        if (done < 0 || total < 0) {
            throw new IllegalArgumentException("progress: " + done + "/" + total + " (expected: 0 or more)");
        }
    }
}
