package io.tideline.core.store;

/** What became of an explicit creation. */
public sealed interface CreateOutcome {
    /** The timeline's attributes were set for the first time. */
    record Created(TimelineDescription description) implements CreateOutcome {}

    /** Somebody had created the timeline before, or appended to it; nothing was changed. */
    record AlreadyExists(TimelineDescription description) implements CreateOutcome {}
}
