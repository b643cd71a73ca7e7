package io.tideline.hbase.store;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeFeed;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.store.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the regions, in rounds, what has moved since they were asked last. Each region's sequencer remembers its latest
 * appends in memory, so a round is one small request to each region server, however many timelines there are.
 *
 * <p>Rounds follow each other, never two at a time: soon when something moved, seldom when all is quiet, at once when a
 * barrier waits, later when one has failed, and not at all while nobody listens. A barrier is met by the first round that
 * began after it and reached every region. Those that come during a round share the next one.
 *
 * <p>A region that was opened anew (moved, split, after a crash) has forgotten, and one that was busy may have
 * overwritten, what was not asked for in time. The round then tells listeners that track was lost, once, after every
 * region has been asked where it stands now: what they find out afterwards is complete.
 *
 * <p>Everything happens on the executor, which must have one thread; it is also the one that listeners are called and
 * barriers completed on.
 */
final class HBaseChangeFeed implements ChangeFeed, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HBaseChangeFeed.class);

    private record Barrier(CompletableFuture<Void> met) {}

    private final FeedRegions regions;
    private final FeedTimes times;
    private final ScheduledExecutorService executor;
    private final FeedMetrics metrics;
    private final FeedMap map;
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    // What follows is used on the executor alone.
    private List<Barrier> waiting = new ArrayList<>();
    private List<Barrier> inRound = new ArrayList<>();
    private boolean running;
    private @Nullable ScheduledFuture<?> next;
    private long intervalNanos;
    private long endedAt;
    private int failures;

    HBaseChangeFeed(FeedRegions regions, FeedTimes times, ScheduledExecutorService executor, FeedMetrics metrics) {
        this.regions = regions;
        this.times = times;
        this.executor = executor;
        this.metrics = metrics;
        this.map = new FeedMap(times.mapInterval(), System::nanoTime);
        this.intervalNanos = times.busyInterval().toNanos();
        this.endedAt = System.nanoTime() - times.idleInterval().toNanos();
    }

    @Override
    public Runnable listen(ChangeListener listener) {
        listeners.add(listener);
        try {
            executor.execute(this::startSoon);
        } catch (RejectedExecutionException e) {
            LOG.debug("listening to a closed change feed", e);
        }
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Void> barrier(Deadline deadline) {
        CompletableFuture<Void> met = new CompletableFuture<>();
        long begun = System.nanoTime();
        try {
            ScheduledFuture<?> timeout = executor.schedule(
                    () -> met.completeExceptionally(unavailable("the regions could not be asked in time", null)),
                    Math.max(0, deadline.remainingNanos()),
                    TimeUnit.NANOSECONDS);
            Listeners.listen(met, (nothing, failure) -> {
                timeout.cancel(false);
                metrics.barrier(System.nanoTime() - begun);
            });
            executor.execute(() -> {
                waiting.add(new Barrier(met));
                startSoon();
            });
        } catch (RejectedExecutionException e) {
            met.completeExceptionally(unavailable("the change feed is closed", e));
        }
        return met;
    }

    private static StorageUnavailableException unavailable(String message, @Nullable Throwable cause) {
        return new StorageUnavailableException(message, Map.of(), cause);
    }

    /** Somebody is there who was not there before: the next round need not wait for its turn. */
    private void startSoon() {
        if (!running) {
            schedule(failures == 0 ? times.leastPause().toNanos() : pauseAfterFailures());
        }
    }

    private long pauseAfterFailures() {
        return Math.min(times.idleInterval().toNanos(), times.busyInterval().toNanos() << Math.min(failures - 1, 20));
    }

    /** Has the next round begin at the given time after the end of the last one, or at once when that has passed. */
    private void schedule(long nanosAfterTheLast) {
        if (closed) {
            failAll(unavailable("the change feed is closed", null));
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        long delay = Math.max(0, nanosAfterTheLast - (System.nanoTime() - endedAt));
        try {
            next = executor.schedule(this::start, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            failAll(unavailable("the change feed is closed", e));
        }
    }

    private void failAll(StorageUnavailableException failure) {
        waiting.forEach(barrier -> barrier.met().completeExceptionally(failure));
        inRound.forEach(barrier -> barrier.met().completeExceptionally(failure));
        waiting = new ArrayList<>();
    }

    private void start() {
        if (listeners.isEmpty()) {
            waiting.forEach(barrier -> barrier.met().complete(null));
            waiting = new ArrayList<>();
            return;
        }
        inRound = waiting;
        waiting = new ArrayList<>();
        running = true;
        FeedRound round = new FeedRound(map, regions, executor, metrics, this::tell);
        Listeners.listen(round.run(), (nothing, failure) -> {
            try {
                executor.execute(() -> end(round, failure));
            } catch (RejectedExecutionException e) {
                LOG.debug("the change feed was closed during a round", e);
            }
        });
    }

    private void end(FeedRound round, @Nullable Throwable failure) {
        List<Barrier> barriers = inRound;
        inRound = new ArrayList<>();
        running = false;
        endedAt = System.nanoTime();
        if (round.lost()) {
            each(ChangeListener::lostTrack);
        }
        if (failure == null) {
            if (failures > 0) {
                LOG.info("all regions tell their changes again, after {} rounds in which not all did", failures);
            }
            failures = 0;
            barriers.forEach(barrier -> barrier.met().complete(null));
            boolean news = round.lost() || round.moved();
            intervalNanos = news
                    ? times.busyInterval().toNanos()
                    : Math.min(times.idleInterval().toNanos(), intervalNanos * 2);
        } else {
            failed(failure);
            waiting.addAll(
                    barriers.stream().filter(barrier -> !barrier.met().isDone()).toList());
        }
        goOn();
    }

    private void failed(Throwable failure) {
        failures++;
        metrics.failure();
        map.makeDue();
        if (failures == 1) {
            LOG.warn("not all regions tell their changes; going on trying", failure);
        }
    }

    private void goOn() {
        if (!waiting.isEmpty() || failures > 0) {
            startSoon();
        } else if (!listeners.isEmpty()) {
            schedule(intervalNanos);
        }
    }

    private void tell(List<Change> changes) {
        each(listener -> listener.changed(changes));
    }

    private void each(Consumer<ChangeListener> call) {
        for (ChangeListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("a listener of the change feed failed; it may miss changes", e);
            }
        }
    }

    /** Ends the rounds; barriers fail. The executor's owner ends the executor. */
    @Override
    public void close() {
        closed = true;
        try {
            executor.execute(() -> {
                if (next != null) {
                    next.cancel(false);
                }
                failAll(unavailable("the change feed is closed", null));
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the change feed's executor was closed before it", e);
        }
    }
}
