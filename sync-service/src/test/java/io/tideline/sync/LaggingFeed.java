package io.tideline.sync;

import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A feed that tells nothing before somebody waits at the barrier, as that of a process far away. */
public final class LaggingFeed implements ChangeFeed {
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Change> untold = new ArrayList<>();
    private boolean lost;

    public LaggingFeed(ChangeFeed feed) {
        feed.listen(new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                untold.addAll(changes);
            }

            @Override
            public void lostTrack() {
                lost = true;
            }
        });
    }

    /** Forgets what was not told; the listeners will hear that track was lost. */
    public void loseTrack() {
        untold.clear();
        lost = true;
    }

    @Override
    public Runnable listen(ChangeListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Void> barrier(Deadline deadline) {
        List<Change> told = List.copyOf(untold);
        untold.clear();
        boolean lostNow = lost;
        lost = false;
        for (ChangeListener listener : listeners) {
            if (lostNow) {
                listener.lostTrack();
            }
            listener.changed(told);
        }
        return CompletableFuture.completedFuture(null);
    }
}
