package io.tideline.sync.device;

import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;

/** Hears that a conversation or an inbox has moved that cursors follow. Called on a thread of a feed: must not block. */
public interface MoveListener {
    /**
     * A timeline has come at least as far as {@code last}.
     *
     * @param wakes of the cursors that this concerns, each to be run soon
     */
    void moved(TimelineId timeline, SequenceId last, List<Runnable> wakes);
}
