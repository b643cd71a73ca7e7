package io.tideline.sync.watch;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All watches of this process. An append through {@link #publishing()} reaches them at once; appends through other
 * processes are found by polling heads, and sooner when somebody {@linkplain #changed hints} at them. Safe for use by
 * many threads.
 *
 * <p>No lock is held over more than one timeline: the map of watched timelines is the only thing shared, and its bins
 * are locked only while a watch is added or removed.
 */
public final class WatchHub implements ChangeListener, AutoCloseable {
    /** The golden ratio's fractional part: its multiples, modulo 1, spread evenly however many there are. */
    private static final double SPREAD = 0.618_033_988_749_894_9;

    private final ConcurrentHashMap<TimelineId, WatchedTimeline> timelines = new ConcurrentHashMap<>();
    private final AtomicLong watchCount = new AtomicLong();
    private final WatchServices services;
    private final HeadPoller poller;
    private final HintedHeads hinted;
    private final List<ChangeListener> appendListeners = new CopyOnWriteArrayList<>();
    private final TimelineStore publishing;
    private volatile boolean closed;

    /**
     * Starts polling.
     *
     * @param executor runs listeners, retries and polls; stays the caller's, to be shut down after {@link #close()}
     */
    public WatchHub(
            TimelineStore store, WatchConfig config, ScheduledExecutorService executor, MetricRegistry metrics) {
        WatchMetrics watchMetrics = WatchMetrics.in(metrics);
        WatchReads reads = new WatchReads(store, config.requestTimeout(), watchMetrics);
        this.services = new WatchServices(reads, config, executor, watchMetrics);
        this.publishing = new PublishingStore(store, this::publish);
        this.poller = new HeadPoller(store, services, this::wantedHeads, this::foundHead);
        this.hinted = new HintedHeads(store, services, this::hintedHead, this::foundHead);
        poller.start();
    }

    /** The store to append through, so that watches here hear of it at once. Nothing else differs. */
    public TimelineStore publishing() {
        return publishing;
    }

    /**
     * Adds a listener to the appends through {@link #publishing()}. It is called before the append's future completes, on
     * the thread that completes it; {@code lostTrack} is never called.
     *
     * @return removes it when run
     */
    public Runnable listen(ChangeListener listener) {
        appendListeners.add(listener);
        return () -> appendListeners.remove(listener);
    }

    /**
     * Takes a hint that timelines have moved through another process. Those that are watched here and not known to have
     * come so far are looked at soon; a hint that is wrong costs that look and nothing more.
     */
    @Override
    public void changed(List<Change> changes) {
        List<TimelineId> news = new ArrayList<>();
        for (Change change : changes) {
            @Nullable WatchedTimeline watched = timelines.get(change.timeline());
            if (watched != null && watched.isBehind(change.last())) {
                news.add(change.timeline());
            }
        }
        if (!news.isEmpty() && !closed) {
            services.metrics().hinted().mark(news.size());
            hinted.hint(news);
        }
    }

    /** Nothing to do: every poll looks at all that is watched. */
    @Override
    public void lostTrack() {}

    /**
     * Follows {@code timeline} from {@code from} on. The listener's first call may come before this method returns. After
     * {@link #close()} the watch ends at once with a retryable error.
     *
     * @param from the first seq wanted, 1 or more; one beyond the head waits for the next append
     * @param floor a seq the caller knows to be committed, {@link SequenceId#NONE} when none
     * @throws IllegalArgumentException when {@code from} is 0
     */
    public Watch watch(TimelineId timeline, SequenceId from, SequenceId floor, WatchListener listener) {
        ReadQuery start = ReadQuery.forward(
                        timeline, from.value(), services.config().maxEntries())
                .withFloor(floor);
        double share = 0.5 + 0.5 * (watchCount.incrementAndGet() * SPREAD % 1);
        TimelineWatch watch = new TimelineWatch(start, listener, services, this::remove, share);
        services.metrics().active().inc();
        timelines.compute(timeline, (id, existing) -> {
            WatchedTimeline watched = existing == null ? new WatchedTimeline(id, services) : existing;
            watched.add(watch);
            return watched;
        });
        // Looked at after the registration: whoever closes looks at the registrations after setting it.
        if (closed) {
            watch.close(closing());
        } else {
            watch.wake();
        }
        return watch;
    }

    /**
     * Stops polling and ends all watches with a retryable error, on this thread or on the one that is serving them.
     * Appends and reads through {@link #publishing()} go on.
     */
    @Override
    public void close() {
        closed = true;
        poller.close();
        timelines.values().forEach(watched -> watched.forEach(watch -> watch.close(closing())));
    }

    private static StorageUnavailableException closing() {
        return new StorageUnavailableException("server is closing", Map.of(), null);
    }

    private void remove(TimelineWatch watch) {
        services.metrics().active().dec();
        timelines.computeIfPresent(watch.timeline(), (id, watched) -> {
            watched.remove(watch);
            return watched.isEmpty() ? null : watched;
        });
    }

    private void publish(TimelineAppend append, AppendOutcome.Appended appended) {
        @Nullable WatchedTimeline watched = timelines.get(append.timeline());
        if (watched != null) {
            watched.offer(Offer.of(append, appended.receipts()));
        }
        if (!appendListeners.isEmpty()) {
            List<Change> change = List.of(new Change(append.timeline(), last(appended)));
            appendListeners.forEach(listener -> listener.changed(change));
        }
    }

    private static SequenceId last(AppendOutcome.Appended appended) {
        SequenceId last = SequenceId.NONE;
        for (Receipt receipt : appended.receipts()) {
            last = last.max(receipt.seq());
        }
        return last;
    }

    private @Nullable HeadQuery hintedHead(TimelineId timeline) {
        @Nullable WatchedTimeline watched = timelines.get(timeline);
        return watched == null ? null : watched.anyHeadQuery();
    }

    private List<HeadQuery> wantedHeads() {
        List<HeadQuery> wanted = new ArrayList<>();
        for (WatchedTimeline watched : timelines.values()) {
            @Nullable HeadQuery query = watched.headQuery();
            if (query != null) {
                wanted.add(query);
            }
        }
        return wanted;
    }

    private void foundHead(TimelineId timeline, Head head) {
        @Nullable WatchedTimeline watched = timelines.get(timeline);
        if (watched != null) {
            watched.saw(head);
        }
    }
}
