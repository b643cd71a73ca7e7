package io.tideline.core.store;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Objects;

/** Whose head is wanted, and a seq of it that the caller knows to be committed ({@link SequenceId#NONE}: none). */
public record HeadQuery(TimelineId timeline, SequenceId floor) {
    public HeadQuery {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(floor, "floor");
    }

    public static HeadQuery of(TimelineId timeline) {
        return new HeadQuery(timeline, SequenceId.NONE);
    }
}
