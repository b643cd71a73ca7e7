package io.tideline.sync.watch;

/** One follower of one timeline. Both methods may be called by any thread, also inside a listener's call. */
public interface Watch {
    /** The listener became ready again: delivery goes on, on a thread of the hub. Harmless when it was ready. */
    void resume();

    /**
     * Ends the watch without a further word. A listener call that is under way on another thread may still finish; none
     * begins afterwards.
     */
    void cancel();
}
