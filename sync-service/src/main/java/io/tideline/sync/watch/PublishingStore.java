package io.tideline.sync.watch;

import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store that tells of every append that it has seen succeed, before the append's future completes. */
final class PublishingStore implements TimelineStore {
    private static final Logger LOG = LoggerFactory.getLogger(PublishingStore.class);

    private final TimelineStore store;
    private final BiConsumer<TimelineAppend, AppendOutcome.Appended> publisher;

    /** @param publisher called on the thread that completes the append */
    PublishingStore(TimelineStore store, BiConsumer<TimelineAppend, AppendOutcome.Appended> publisher) {
        this.store = store;
        this.publisher = publisher;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        return store.append(append, deadline).thenApply(outcome -> {
            if (outcome instanceof AppendOutcome.Appended appended) {
                publish(append, appended);
            }
            return outcome;
        });
    }

    private void publish(TimelineAppend append, AppendOutcome.Appended appended) {
        try {
            publisher.accept(append, appended);
        } catch (RuntimeException e) {
            // What is committed must not be answered as failed; the poll finds it for the watches.
            LOG.error("publishing an append failed timeline={}", append.timeline(), e);
        }
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        return store.read(query, deadline);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        return store.heads(queries, deadline);
    }
}
