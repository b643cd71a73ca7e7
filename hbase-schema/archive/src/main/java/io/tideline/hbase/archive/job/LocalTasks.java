package io.tideline.hbase.archive.job;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The map tasks of one job inside this process. Hadoop's local runner keeps neither the exception of a task nor a hold on
 * the task's thread, so {@link WatchedMapper} tells them here. Found by name, because Hadoop makes the mappers.
 */
final class LocalTasks implements AutoCloseable {
    private static final Map<String, LocalTasks> OPEN = new ConcurrentHashMap<>();

    private final String name;
    private int running;
    private boolean stopped;
    private @Nullable String firstFailure;

    LocalTasks(String name) {
        this.name = name;
        if (OPEN.putIfAbsent(name, this) != null) {
            throw new IllegalArgumentException("name: in use already");
        }
    }

    static LocalTasks named(String name) {
        LocalTasks tasks = OPEN.get(name);
        if (tasks == null) {
            throw new IllegalStateException("the job has ended");
        }
        return tasks;
    }

    synchronized void begin() throws InterruptedException {
        throwIfStopped();
        running++;
    }

    synchronized void end() {
        running--;
        notifyAll();
    }

    /** The others need not go on. */
    synchronized void failed(String summary) {
        if (firstFailure == null && !stopped) {
            firstFailure = summary;
        }
        stopped = true;
    }

    synchronized void stop() {
        stopped = true;
    }

    synchronized void throwIfStopped() throws InterruptedException {
        if (stopped) {
            throw new InterruptedException("the job was stopped");
        }
    }

    synchronized Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    /** Whether no mapper is at work any more. */
    synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long left = end - System.nanoTime(); running > 0 && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return running == 0;
    }

    @Override
    public void close() {
        OPEN.remove(name, this);
    }
}
