package io.tideline.sync.watch;

import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one timeline.
 *
 * <p>A few are served on the thread that completed the append. Many are only filled there, which takes a short lock and
 * no listener's time each, and one task on the executor serves them all; what is appended meanwhile joins the task's
 * next round, so at most one task per timeline waits. {@code rounds} counts offers not yet served: who raises it from 0
 * queues the task.
 */
final class WatchedTimeline {
    /** More watches than this are not served by the appending thread: a listener call takes some microseconds. */
    private static final int MAX_SERVED_INLINE = 16;

    private final TimelineId timeline;
    private final WatchServices services;
    private final Set<TimelineWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rounds = new AtomicInteger();

    WatchedTimeline(TimelineId timeline, WatchServices services) {
        this.timeline = timeline;
        this.services = services;
    }

    void add(TimelineWatch watch) {
        watches.add(watch);
    }

    void remove(TimelineWatch watch) {
        watches.remove(watch);
    }

    boolean isEmpty() {
        return watches.isEmpty();
    }

    void forEach(Consumer<TimelineWatch> action) {
        watches.forEach(action);
    }

    void offer(Offer offer) {
        if (watches.size() <= MAX_SERVED_INLINE) {
            watches.forEach(watch -> watch.offer(offer));
            return;
        }
        watches.forEach(watch -> watch.keep(offer));
        if (rounds.getAndIncrement() == 0) {
            services.execute(this::serve);
        }
    }

    private void serve() {
        int served = rounds.get();
        watches.forEach(TimelineWatch::drain);
        if (rounds.addAndGet(-served) != 0) {
            // A new task instead of a loop: other timelines get their turn in between.
            services.execute(this::serve);
        }
    }

    /** What to ask the store, or null when no watch waits for news. */
    @Nullable HeadQuery headQuery() {
        boolean wanted = false;
        long seen = 0;
        for (TimelineWatch watch : watches) {
            wanted |= watch.isIdle();
            seen = Math.max(seen, watch.seen());
        }
        return wanted ? new HeadQuery(timeline, SequenceId.of(seen)) : null;
    }

    /** Whether a watch here does not know yet that {@code last} is committed. */
    boolean isBehind(SequenceId last) {
        for (TimelineWatch watch : watches) {
            if (watch.seen() < last.value()) {
                return true;
            }
        }
        return false;
    }

    /** What to ask the store, whether a watch waits for news or is still reading. */
    HeadQuery anyHeadQuery() {
        long seen = 0;
        for (TimelineWatch watch : watches) {
            seen = Math.max(seen, watch.seen());
        }
        return new HeadQuery(timeline, SequenceId.of(seen));
    }

    void saw(Head head) {
        watches.forEach(watch -> watch.saw(head.last().value()));
    }
}
