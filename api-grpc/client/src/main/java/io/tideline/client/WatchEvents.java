package io.tideline.client;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import java.util.List;

/**
 * Hears what happens on a watched timeline, one call at a time. The next event is asked for when a method returns, so a
 * slow consumer slows its server down and is not buffered for. A method that throws ends the watch with
 * {@code CONSUMER_FAILED}.
 */
public interface WatchEvents {
    /** Entries in order, 1 or more; the first follows what came before without a hole. */
    void onEntries(List<Entry> entries);

    /** Seqs that were assigned and cannot be read any more; they follow what came before without a hole. */
    default void onGap(Gap gap) {}

    /**
     * Everything committed up to here has been delivered; what follows is live. Comes again after each reconnect.
     *
     * @param lastSeq the last seq delivered, or 0
     */
    default void onCaughtUp(long lastSeq) {}

    /** The connection was lost; the watch goes on by itself where it was, for as long as it takes. */
    default void onReconnect(Throwable cause) {}

    /** The watch is over and will not go on. Not called after {@link Watcher#close}. */
    void onFailure(TidelineCallException failure);
}
