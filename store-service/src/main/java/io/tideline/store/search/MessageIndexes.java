package io.tideline.store.search;

import io.tideline.core.timeline.AppId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The port to the engine: one index for each app, so that no query can ever meet another app's documents. */
public interface MessageIndexes extends AutoCloseable {
    /** The apps that have an index. */
    Set<AppId> apps();

    /**
     * Opens an app's index, or makes an empty one when there is none, or none that can be used. Fails (deferred) with {@code
     * StorageUnavailableException}.
     */
    CompletableFuture<MessageIndex> open(AppId app);

    /** Ends what indexes share; they are closed before. */
    @Override
    void close();
}
