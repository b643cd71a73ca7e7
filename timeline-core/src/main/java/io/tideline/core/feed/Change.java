package io.tideline.core.feed;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;

/** A timeline has come at least as far as {@code last}. */
public record Change(TimelineId timeline, SequenceId last) {}
