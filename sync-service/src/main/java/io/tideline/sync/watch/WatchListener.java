package io.tideline.sync.watch;

import io.tideline.core.error.TidelineException;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.List;

/**
 * Receives one timeline in order: entries and gaps follow each other from the seq asked for, without a hole or a repeat.
 *
 * <p>Calls of one watch never overlap, and each sees what the one before did. They come on threads of the hub's executor
 * or on a thread that completes an append, so they must not block. {@code onEntries}, {@code onGap} and
 * {@code onCaughtUp} come only while {@link #isReady()}; {@code onError} and {@code onBeyondHead} come at any time, and
 * are the last call. A listener that throws ends its watch.
 */
public interface WatchListener {
    /**
     * Whether the listener takes more now. Whoever answers false calls {@link Watch#resume()} once that changes. Called
     * often, also between deliveries.
     */
    boolean isReady();

    /**
     * The next entries, at least one: up to a page in replay, up to one append when live.
     *
     * @param entries not modifiable, shared with other watches
     */
    void onEntries(List<Entry> entries);

    /** The next seqs were assigned and cannot be read any more. */
    void onGap(Gap gap);

    /**
     * Everything that was committed when the replay's last page was read has been delivered; what follows is live.
     * Comes once.
     *
     * @param last the last seq delivered, or the one before the first wanted
     */
    void onCaughtUp(SequenceId last);

    /** The watch is over. When {@code failure} is retryable, a new watch from the next seq goes on without loss. */
    void onError(TidelineException failure);

    /**
     * The watch is over: the first seq wanted lies more than one beyond the head.
     *
     * @param last the last committed seq
     */
    void onBeyondHead(SequenceId last);
}
