package io.tideline.core.feed;

import io.tideline.core.store.Deadline;
import java.util.concurrent.CompletableFuture;

/**
 * Tells which timelines have moved, through this process or any other, some time after it happened; {@link #barrier}
 * makes it now. With it, who follows many timelines pays for those that move and not for all.
 */
public interface ChangeFeed {
    /**
     * Adds a listener, which hears of every move that was committed after this call, or that track was lost.
     *
     * @return removes it when run
     */
    Runnable listen(ChangeListener listener);

    /**
     * Completes when every move that was committed before this call has been told to every listener (or {@code
     * lostTrack} has). Calls that wait together share the work. Fails (deferred) with {@code
     * StorageUnavailableException} when that cannot be known.
     */
    CompletableFuture<Void> barrier(Deadline deadline);
}
