package io.tideline.api.server.call;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that have no end of their own, so that a stopping server can end them. Thread safe. */
public final class OpenStreams {
    /** One of them. */
    public interface OpenStream {
        /** Answers what is under way, then ends with SERVER_STOPPING. Returns at once; may be called more than once. */
        void stop();
    }

    private final Set<OpenStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    public void add(OpenStream stream) {
        open.add(stream);
        if (stopping) {
            stream.stop();
        }
    }

    public void remove(OpenStream stream) {
        open.remove(stream);
    }

    /** Stops all that are open and all that will be. */
    public void stopAll() {
        stopping = true;
        open.forEach(OpenStream::stop);
    }
}
