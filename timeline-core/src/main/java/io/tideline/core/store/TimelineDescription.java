package io.tideline.core.store;

import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;

/** A timeline, its head and its attributes. */
public record TimelineDescription(TimelineId timeline, Head head, Attributes attributes) {}
