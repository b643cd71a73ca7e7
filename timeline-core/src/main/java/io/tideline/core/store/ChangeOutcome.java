package io.tideline.core.store;

import io.tideline.core.timeline.Attributes;

/** What became of an {@link AttributesChange}. */
public sealed interface ChangeOutcome {
    /** The change is durable. */
    record Changed(TimelineDescription description) implements ChangeOutcome {}

    /** The expected version was not the current one; nothing was changed. */
    record VersionMismatch(Attributes current) implements ChangeOutcome {}

    /**
     * The timeline would have more than {@link Attributes#MAX_COUNT} attributes; nothing was changed.
     *
     * @param count how many it would have
     */
    record TooManyAttributes(int count) implements ChangeOutcome {}

    /** Nobody ever created this timeline or appended to it. */
    record NoSuchTimeline() implements ChangeOutcome {}
}
