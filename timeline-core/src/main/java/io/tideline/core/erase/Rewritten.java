package io.tideline.core.erase;

import io.tideline.core.timeline.TimelineId;
import java.util.Map;

/**
 * What came of writing files anew.
 *
 * @param files how many were replaced
 * @param unreadable timelines that have marked entries in files which cannot be read, and of each the name of such a file:
 *     it still says what was marked, and the marks stay
 */
public record Rewritten(long files, Map<TimelineId, String> unreadable) {
    public Rewritten {
        unreadable = Map.copyOf(unreadable);
    }
}
