package io.tideline.core.store;

import io.tideline.core.timeline.TimelineId;
import java.util.concurrent.CompletableFuture;

/** The port for operators: what the engine really holds of one timeline. */
public interface TimelineInspector {
    /**
     * Looks at one timeline as stored.
     *
     * @param maxRows how many rows to show, from the oldest; 0 to {@value #MAX_ROWS}. Sizes count all rows in any case
     */
    CompletableFuture<TimelineInspection> inspect(TimelineId timeline, int maxRows, Deadline deadline);

    int MAX_ROWS = 1000;
}
