package io.tideline.store.search;

import io.tideline.core.store.Deadline;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The port to the search index of one app. Everything in it can be made again from the timelines.
 *
 * <p>Changes are asked for one at a time, the next when the future of the last one has completed. Futures fail (deferred)
 * with {@code StorageUnavailableException} when the engine does not answer; a failed change is done wholly, in part or not
 * at all, and may be repeated. They complete on threads of the implementation.
 */
public interface MessageIndex extends AutoCloseable {
    /**
     * Applies a batch: documents, removals and positions. A position must not become durable, or be answered by {@link
     * #positions}, without what came with it.
     */
    CompletableFuture<Void> apply(IndexBatch batch);

    /** Up to which seq the index has each of these conversations; those of which it has nothing are absent. */
    CompletableFuture<Map<String, Long>> positions(Collection<String> conversations);

    /**
     * Takes out what was erased; nothing of it is found any more when the future completes, nor after a restart that follows
     * the next {@link #commit}.
     */
    CompletableFuture<Void> remove(IndexRemoval removal);

    /** Makes durable, and findable, what was changed before. */
    CompletableFuture<Void> commit();

    /**
     * Rewrites the files in which something removed is still written, and deletes the old ones. May take as long as writing
     * the whole index anew. May run beside changes.
     */
    CompletableFuture<Void> expunge();

    /** Whether something was removed by {@link #remove} and not expunged since, over restarts. */
    boolean hasRemains();

    /**
     * One page.
     *
     * <p>Fails also with {@code OverloadedException} when too many wait, and {@code DeadlinePassedException}.
     *
     * @throws IllegalArgumentException (deferred) when the engine cannot look for what the query asks
     */
    CompletableFuture<IndexPage> search(SearchQuery query, Deadline deadline);

    /** False when it has ended by itself (a full disk): it is to be closed, and opened again. */
    boolean isUsable();

    /** Messages, conversations and members that can be found, as of the last look. */
    long documents();

    /** Commits, and ends. Blocks for as long as that takes. */
    @Override
    void close();
}
