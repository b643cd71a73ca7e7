package io.tideline.sync.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Runs tasks when the test says so, on the test's thread, in virtual time. Not for periodic tasks. */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    /** Far more than any test needs: whoever reaches it goes round in a circle. */
    private static final int ENDLESS = 100_000;

    private final List<Runnable> ready = new ArrayList<>();
    private final PriorityQueue<Timed<?>> timed = new PriorityQueue<>(
            Comparator.<Timed<?>>comparingLong(t -> t.dueNanos).thenComparingLong(t -> t.number));
    private long nowNanos;
    private long count;
    private boolean shutdown;

    private final class Timed<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
        private final long dueNanos;
        private final long number = count++;

        Timed(Callable<V> task, long dueNanos) {
            super(task);
            this.dueNanos = dueNanos;
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - nowNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    /** Runs what is due, and what becomes due by that without time passing. */
    public void runDue() {
        for (int i = 0; i < ENDLESS; i++) {
            moveDue();
            if (ready.isEmpty()) {
                return;
            }
            ready.remove(0).run();
        }
        throw new AssertionError("tasks without end");
    }

    /** Runs one due task, any. */
    public void runOne(RandomGenerator random) {
        moveDue();
        if (!ready.isEmpty()) {
            ready.remove(random.nextInt(ready.size())).run();
        }
    }

    /** Lets time pass, from one due task to the next. */
    public void advance(Duration duration) {
        long end = nowNanos + duration.toNanos();
        runDue();
        while (!timed.isEmpty() && timed.peek().dueNanos <= end) {
            nowNanos = timed.peek().dueNanos;
            runDue();
        }
        nowNanos = end;
    }

    /** Lets time pass without running anything. */
    public void pass(Duration duration) {
        nowNanos += duration.toNanos();
    }

    private void moveDue() {
        while (!timed.isEmpty() && timed.peek().dueNanos <= nowNanos) {
            ready.add(timed.poll());
        }
    }

    public int readyCount() {
        moveDue();
        return ready.size();
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        ready.add(task);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        Timed<V> scheduled = new Timed<>(task, nowNanos + unit.toNanos(delay));
        timed.add(scheduled);
        return scheduled;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    task.run();
                    return null;
                },
                delay,
                unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initial, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("periodic tasks");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("periodic tasks");
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = List.copyOf(ready);
        ready.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && ready.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
