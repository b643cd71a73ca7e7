package io.tideline.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Time that only the test moves. The channels' own periodic look is left out: it is no part of what is tested. */
final class ManualTimer implements ClientTimer {
    private static final Duration CHANNELS_LOOK = Duration.ofMillis(500);

    private final LinkedBlockingQueue<Duration> asked = new LinkedBlockingQueue<>();
    private final List<Due> tasks = new ArrayList<>();
    private long nanos;

    private record Due(long atNanos, Runnable task) {}

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        if (delay.equals(CHANNELS_LOOK)) {
            return () -> {};
        }
        Due due = new Due(nanos + delay.toNanos(), task);
        tasks.add(due);
        asked.add(delay);
        return () -> remove(due);
    }

    private synchronized void remove(Due due) {
        tasks.remove(due);
    }

    /** Waits until somebody wants to be woken, and says after how long. */
    Duration awaitAsked() throws InterruptedException {
        Duration delay = asked.poll(10, TimeUnit.SECONDS);
        if (delay == null) {
            throw new AssertionError("Nothing was scheduled");
        }
        return delay;
    }

    /** Waits until somebody wants to be woken after so long; passes over others. */
    void awaitAsked(Duration wanted) throws InterruptedException {
        while (!awaitAsked().equals(wanted)) {
            // Another task's.
        }
    }

    /** Moves the time and runs what is due, in order. */
    void advance(Duration step) {
        List<Due> due;
        synchronized (this) {
            nanos += step.toNanos();
            due = tasks.stream()
                    .filter(task -> task.atNanos() <= nanos)
                    .sorted(Comparator.comparingLong(Due::atNanos))
                    .toList();
            tasks.removeAll(due);
        }
        due.forEach(task -> task.task().run());
    }

    @Override
    public synchronized void close() {
        tasks.clear();
    }
}
