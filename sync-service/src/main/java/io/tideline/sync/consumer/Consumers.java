package io.tideline.sync.consumer;

import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.SyncPorts;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Back ends that read timelines under a name of their own. */
public final class Consumers implements AutoCloseable {
    public Consumers(SyncPorts ports, ConsumerConfig config) {}

    /** What comes next; the same again until it is committed. */
    public CompletableFuture<ConsumerPage> poll(ConsumerQuery query, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    /**
     * Raises checkpoints, all of them or none.
     *
     * @param through per timeline the last seq that is processed, at most 1000
     */
    public CompletableFuture<CommitOutcome> commit(
            ConsumerId consumer, Map<TimelineId, SequenceId> through, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not yet"));
    }

    @Override
    public void close() {}
}
