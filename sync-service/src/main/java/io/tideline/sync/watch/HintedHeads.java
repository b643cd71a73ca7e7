package io.tideline.sync.watch;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the heads of timelines that are said to have moved. What was said is not believed: a watch that took a wrong
 * seq for committed would wait for it for ever.
 *
 * <p>One call at a time, begun by whoever takes {@code asking}; what is hinted meanwhile makes the next call. A call that
 * fails is not repeated: the poll comes anyway.
 */
final class HintedHeads {
    private static final Logger LOG = LoggerFactory.getLogger(HintedHeads.class);

    private final TimelineStore store;
    private final WatchServices services;
    private final Function<TimelineId, @Nullable HeadQuery> query;
    private final BiConsumer<TimelineId, Head> found;
    private final Set<TimelineId> hinted = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean asking = new AtomicBoolean();

    /**
     * @param query what to ask for a hinted timeline, null when nobody here wants to know
     * @param found takes each head; must not throw
     */
    HintedHeads(
            TimelineStore store,
            WatchServices services,
            Function<TimelineId, @Nullable HeadQuery> query,
            BiConsumer<TimelineId, Head> found) {
        this.store = store;
        this.services = services;
        this.query = query;
        this.found = found;
    }

    /** Timelines that are watched here: so there are never more of them than watches. */
    void hint(List<TimelineId> timelines) {
        hinted.addAll(timelines);
        begin();
    }

    private void begin() {
        if (!hinted.isEmpty() && asking.compareAndSet(false, true)) {
            services.execute(this::ask);
        }
    }

    private void ask() {
        List<HeadQuery> queries = take();
        if (queries.isEmpty()) {
            asking.set(false);
            begin();
            return;
        }
        Deadline deadline = Deadline.after(services.config().requestTimeout());
        Futures.listen(Futures.call(() -> store.heads(queries, deadline)), (heads, failure) -> {
            if (heads != null) {
                heads.forEach(found);
            } else {
                services.metrics().hintFailures().mark();
                LOG.debug("looking after hints failed timelines={}", queries.size(), failure);
            }
            asking.set(false);
            begin();
        });
    }

    private List<HeadQuery> take() {
        List<HeadQuery> queries = new ArrayList<>();
        Iterator<TimelineId> some = hinted.iterator();
        while (some.hasNext() && queries.size() < HeadPoller.CHUNK) {
            TimelineId timeline = some.next();
            // Before asking: what is hinted from here on is asked for again.
            some.remove();
            @Nullable HeadQuery wanted = query.apply(timeline);
            if (wanted != null) {
                queries.add(wanted);
            }
        }
        return queries;
    }
}
