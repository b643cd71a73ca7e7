package io.tideline.client;

import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncResponse;

/**
 * What comes over a {@link Subscription}, one event at a time, on a thread of the transport; the next one is asked for
 * when the method returns.
 */
public interface SubscriptionEvents {
    /** A page, as of Sync: store it, then acknowledge its {@code next}. */
    void onBatch(SyncResponse batch);

    /** Everything has been sent; what follows is live. */
    default void onCaughtUp() {}

    /** Something has moved that is too much to push: Sync brings it, or the stream once pages are acknowledged. */
    default void onHint(SubscribeResponse.Hint hint) {}

    /** Nothing happened, and the server is there. */
    default void onHeartbeat() {}

    /**
     * The subscription is over: refused, or its connection was lost; also when the server ended it. Not called after
     * {@link Subscription#close}.
     */
    void onEnd(TidelineCallException cause);
}
