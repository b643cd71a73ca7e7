package io.tideline.sync.peer;

/** How hints reach other servers. */
public interface PeerTransport extends AutoCloseable {
    /**
     * Begins to connect; returns at once.
     *
     * @param onReady run on any thread whenever the link can take a batch after it could not; returns at once
     */
    PeerLink open(Peer peer, Runnable onReady);

    /** Gives back what the links shared; they are closed by then. */
    @Override
    void close();
}
