package io.tideline.store.search;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.erase.ErasureListener;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Calls;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the indexes of all apps: of those that have one when it starts, of those in which something moves, and of those that
 * are searched. Hears of moves from the change feed, of erasures as their listener, and of what other servers have erased
 * from the records.
 */
public final class IndexFeeder implements ChangeListener, ErasureListener, PhysicalPurge, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFeeder.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    /** How long {@link #close} waits for steps under way. */
    private static final long CLOSE_SECONDS = 3;

    private final SearchPorts ports;
    private final SearchConfig config;
    private final SearchMetrics metrics;
    private final LongSupplier ticker;
    private final Map<AppId, AppFeeder> apps = new ConcurrentHashMap<>();
    private final Runnable unlisten;
    private final ScheduledFuture<?> ticking;
    private volatile boolean closed;

    private IndexFeeder(
            SearchPorts ports,
            SearchConfig config,
            MetricRegistry registry,
            ScheduledExecutorService timer,
            LongSupplier ticker) {
        this.ports = ports;
        this.config = config;
        this.metrics = new SearchMetrics(registry);
        long begun = ticker.getAsLong();
        // Times are positive: 0 stands for what nobody told.
        this.ticker = () -> ticker.getAsLong() - begun + 1;
        ports.indexes().apps().forEach(app -> feeder(app).due());
        this.unlisten = ports.changes().listen(this);
        this.ticking =
                timer.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
        metrics.gauges(
                () -> sum(AppFeeder::documents),
                () -> sum(feeder -> feeder.state().size()),
                () -> sum(feeder -> feeder.state().unreadable()),
                () -> sum(AppFeeder::behindNanos, Math::max) / 1_000_000,
                () -> (long) apps.size());
    }

    /**
     * Opens the indexes there are and begins to feed them.
     *
     * @param timer only starts what runs elsewhere
     * @param ticker elapsed time, such as {@code System::nanoTime}
     */
    public static IndexFeeder start(
            SearchPorts ports,
            SearchConfig config,
            MetricRegistry registry,
            ScheduledExecutorService timer,
            LongSupplier ticker) {
        return new IndexFeeder(ports, config, registry, timer, ticker);
    }

    private long sum(ToLongFunction<AppFeeder> figure) {
        return apps.values().stream().mapToLong(figure).sum();
    }

    private long sum(ToLongFunction<AppFeeder> figure, java.util.function.LongBinaryOperator how) {
        return apps.values().stream().mapToLong(figure).reduce(0, how);
    }

    SearchMetrics metrics() {
        return metrics;
    }

    /** Runs on the timer, whose later runs a throw would end. */
    private void tick() {
        for (AppFeeder feeder : apps.values()) {
            try {
                feeder.tick();
            } catch (RuntimeException e) {
                LOG.error("keeping a search index failed", e);
            }
        }
    }

    /** Makes one when there is none; where there are too many already, the search of that app fails. */
    private AppFeeder feeder(AppId app) {
        @Nullable AppFeeder known = apps.get(app);
        if (known != null) {
            return known;
        }
        if (apps.size() >= config.maxApps()) {
            throw new OverloadedException(
                    "as many apps have a search index as may",
                    Map.of("most", Integer.toString(config.maxApps())),
                    null);
        }
        return apps.computeIfAbsent(app, named -> new AppFeeder(named, ports, config, metrics, ticker));
    }

    /** The index of an app and what keeps it; empty when there is nothing in the app that could be found. */
    CompletableFuture<Optional<AppFeeder>> of(AppId app, Deadline deadline) {
        @Nullable AppFeeder known = apps.get(app);
        if (known != null) {
            return CompletableFuture.completedFuture(Optional.of(known));
        }
        return ports.directory()
                .list(new ListQuery(app, TimelineFamily.CONVERSATION, null, 1), deadline)
                .thenApply(listing -> {
                    if (listing.timelines().isEmpty()) {
                        return Optional.empty();
                    }
                    AppFeeder made = feeder(app);
                    made.due();
                    return Optional.of(made);
                });
    }

    @Override
    public void changed(List<Change> changes) {
        long now = ticker.getAsLong();
        Set<AppFeeder> moved = new HashSet<>();
        for (Change change : changes) {
            TimelineId timeline = change.timeline();
            if (closed || timeline.family() != TimelineFamily.CONVERSATION) {
                continue;
            }
            try {
                AppFeeder feeder = feeder(timeline.app());
                feeder.state().changed(timeline, change.last().value(), now);
                moved.add(feeder);
            } catch (OverloadedException e) {
                LOG.debug("an app is not indexed", e);
            }
        }
        moved.forEach(AppFeeder::due);
    }

    @Override
    public void lostTrack() {
        apps.values().forEach(feeder -> {
            feeder.state().lostTrack();
            feeder.due();
        });
    }

    @Override
    public CompletableFuture<Void> erased(TimelineId timeline, List<SequenceId> seqs, Deadline deadline) {
        @Nullable AppFeeder feeder = apps.get(timeline.app());
        if (feeder == null || timeline.family() != TimelineFamily.CONVERSATION) {
            return CompletableFuture.completedFuture(null);
        }
        return feeder.remove(new IndexRemoval.Places(seqs.stream()
                .map(seq -> new IndexBatch.Place(timeline.name(), seq.value()))
                .toList()));
    }

    @Override
    public String name() {
        return "search";
    }

    /** Of this server's indexes. Others rewrite theirs by themselves, within a minute or so of the erasure's end. */
    @Override
    public CompletableFuture<Boolean> purge(Instant since, Deadline deadline) {
        List<CompletableFuture<Boolean>> purges =
                apps.values().stream().map(AppFeeder::purge).toList();
        return Calls.all(purges).thenApply(done -> purges.stream().allMatch(CompletableFuture::join));
    }

    /**
     * Commits and closes all indexes, one after the other. Waits at most {@value #CLOSE_SECONDS} seconds for steps under way:
     * an index that is left open goes on from its last commit.
     */
    @Override
    public void close() {
        closed = true;
        unlisten.run();
        ticking.cancel(false);
        List<CompletableFuture<Void>> ends =
                apps.values().stream().map(AppFeeder::end).toList();
        try {
            Calls.all(ends).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("search indexes did not end cleanly; they go on from their last commits", e);
        }
        ports.indexes().close();
    }
}
