package io.tideline.core.store;

import io.tideline.core.timeline.Attributes;

/** What became of an {@link AttributesChange}. */
public sealed interface ChangeOutcome {
    /** The change is durable. */
    record Changed(TimelineDescription description) implements ChangeOutcome {}

    /** The expected version was not the current one; nothing was changed. */
    record VersionMismatch(Attributes current) implements ChangeOutcome {}

    /** Nobody ever created this timeline or appended to it. */
    record NoSuchTimeline() implements ChangeOutcome {}
}
