package io.tideline.sync.device;

/** What became of explicit checkpoints. */
public sealed interface CheckpointOutcome {
    /** They are stored, where they are above what was stored before. */
    record Raised() implements CheckpointOutcome {}

    /** None was stored. */
    record Refused(Refusal refusal) implements CheckpointOutcome {}
}
