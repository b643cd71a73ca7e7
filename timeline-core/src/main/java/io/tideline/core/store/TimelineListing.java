package io.tideline.core.store;

import java.util.List;

/**
 * A page of a listing.
 *
 * @param complete true when nothing follows; otherwise the last timeline is the {@code after} of the next page
 */
public record TimelineListing(List<TimelineDescription> timelines, boolean complete) {
    public TimelineListing {
        timelines = List.copyOf(timelines);
        if (!complete && timelines.isEmpty()) {
            throw new IllegalArgumentException("timelines: none though more follow (expected: at least one)");
        }
    }
}
