package io.tideline.sync.device;

/** What a {@link SyncRequest} was answered with. */
public sealed interface SyncOutcome {
    /** What the device has not got. */
    record Synced(SyncPage page) implements SyncOutcome {}

    /** Nothing was changed. */
    record Refused(Refusal refusal) implements SyncOutcome {}
}
