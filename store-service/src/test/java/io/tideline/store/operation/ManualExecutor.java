package io.tideline.store.operation;

import io.tideline.store.SteppingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs nothing by itself: tests say when, on their own thread, and the clock moves with what was waited for. */
public final class ManualExecutor extends AbstractExecutorService implements ScheduledExecutorService {
    private final SteppingClock clock;
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timed> timed = new PriorityQueue<>(Comparator.comparing(task -> task.at));

    public ManualExecutor(SteppingClock clock) {
        this.clock = clock;
    }

    /** Runs what is due now, and what that makes due; false when there was nothing. */
    public boolean runReady() {
        boolean any = false;
        while (!ready.isEmpty()) {
            ready.remove().run();
            any = true;
        }
        return any;
    }

    /** Lets time pass, running what becomes due on the way. */
    public void advance(Duration duration) {
        Instant end = clock.instant().plus(duration);
        runReady();
        while (!timed.isEmpty() && !timed.peek().at.isAfter(end)) {
            Timed next = timed.remove();
            clock.step(Duration.between(clock.instant(), next.at));
            if (!next.isCancelled()) {
                next.runOnce();
                runReady();
            }
        }
        clock.step(Duration.between(clock.instant(), end));
    }

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return add(task, unit.toMillis(delay), 0);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        return add(task, unit.toMillis(first), unit.toMillis(period));
    }

    private Timed add(Runnable task, long delayMillis, long periodMillis) {
        Timed added = new Timed(task, clock.instant().plusMillis(Math.max(1, delayMillis)), periodMillis);
        timed.add(added);
        return added;
    }

    private final class Timed extends FutureTask<@Nullable Void> implements ScheduledFuture<@Nullable Void> {
        private final Instant at;
        private final Runnable task;
        private final long periodMillis;

        Timed(Runnable task, Instant at, long periodMillis) {
            super(task, null);
            this.task = task;
            this.at = at;
            this.periodMillis = periodMillis;
        }

        void runOnce() {
            task.run();
            if (periodMillis > 0 && !isCancelled()) {
                // The handle that cancels is this one, so it stays in the queue under its own name.
                timed.add(new Timed(
                        () -> {
                            if (!isCancelled()) {
                                runOnce();
                            }
                        },
                        clock.instant().plusMillis(periodMillis),
                        0));
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(clock.instant(), at));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public <V extends @Nullable Object> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
