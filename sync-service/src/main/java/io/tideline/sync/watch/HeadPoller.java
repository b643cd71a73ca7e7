package io.tideline.sync.watch;

import com.codahale.metrics.Timer;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the heads of all watched timelines again and again, for appends through other processes.
 *
 * <p>A chain of tasks: wait, collect, then one call per chunk, each begun when the one before was answered, then wait
 * again. So polls never overlap, however slow the store is, and a failed chunk costs the others nothing.
 */
final class HeadPoller {
    private static final Logger LOG = LoggerFactory.getLogger(HeadPoller.class);

    /** Timelines per call: as many as one batched get serves without hurting the requests beside it. */
    static final int CHUNK = 1000;

    private final TimelineStore store;
    private final WatchServices services;
    private final Supplier<List<HeadQuery>> wanted;
    private final BiConsumer<TimelineId, Head> found;
    private volatile boolean closed;

    /**
     * @param wanted the heads worth asking for now
     * @param found takes each head; must not throw
     */
    HeadPoller(
            TimelineStore store,
            WatchServices services,
            Supplier<List<HeadQuery>> wanted,
            BiConsumer<TimelineId, Head> found) {
        this.store = store;
        this.services = services;
        this.wanted = wanted;
        this.found = found;
    }

    /** Waits one interval, polls, and so on until {@link #close}. */
    void start() {
        if (!closed) {
            services.schedule(this::poll, services.config().pollInterval());
        }
    }

    void close() {
        closed = true;
    }

    private void poll() {
        List<HeadQuery> queries = wanted.get();
        if (queries.isEmpty()) {
            start();
        } else {
            ask(queries, 0, services.metrics().polls().time());
        }
    }

    private void ask(List<HeadQuery> queries, int first, Timer.Context time) {
        if (closed || first >= queries.size()) {
            time.stop();
            start();
            return;
        }
        List<HeadQuery> chunk = queries.subList(first, Math.min(queries.size(), first + CHUNK));
        Deadline deadline = Deadline.after(services.config().requestTimeout());
        Futures.listen(Futures.call(() -> store.heads(chunk, deadline)), (heads, failure) -> {
            if (heads != null) {
                heads.forEach(found);
            } else {
                services.metrics().pollFailures().mark();
                LOG.debug("poll failed timelines={}", chunk.size(), failure);
            }
            // Off the store's thread, and off the stack when the answer was there at once.
            services.execute(() -> ask(queries, first + CHUNK, time));
        });
    }
}
