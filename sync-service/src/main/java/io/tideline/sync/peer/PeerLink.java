package io.tideline.sync.peer;

/** The way to one other server. Used by one thread at a time. */
public interface PeerLink extends AutoCloseable {
    /** Whether {@link #send} can take a batch now: not while the peer is away or slow. Must not block. */
    boolean isReady();

    /** Hands over a batch, which may get lost on its way. Must not block. */
    void send(Hints batch);

    /** Ends the connection; returns at once. */
    @Override
    void close();
}
