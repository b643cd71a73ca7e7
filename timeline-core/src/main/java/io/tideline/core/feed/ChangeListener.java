package io.tideline.core.feed;

import java.util.List;

/** Hears which timelines have moved. Called on a thread of the feed: must not block, must not throw. */
public interface ChangeListener {
    /** These have moved. One may be told several times, and of several moves only the last. */
    void changed(List<Change> changes);

    /** Any timeline may have moved since it was last told of: look at the heads of all that matter. */
    void lostTrack();
}
