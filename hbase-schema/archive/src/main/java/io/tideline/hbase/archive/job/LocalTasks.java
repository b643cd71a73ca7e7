package io.tideline.hbase.archive.job;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The map tasks of one job inside this process. Hadoop's local runner keeps neither the exception of a task nor a hold on
 * the task's thread, so {@link WatchedMapper} tells them here. Found by name, because Hadoop makes the mappers.
 */
final class LocalTasks implements AutoCloseable {
    private static final Map<String, LocalTasks> OPEN = new ConcurrentHashMap<>();

    private static final long INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String name;
    private final Set<Thread> running = new HashSet<>();
    private boolean stopped;
    private @Nullable String firstFailure;

    private LocalTasks(String name) {
        this.name = name;
    }

    /** Can be found until it is closed. */
    static LocalTasks open(String name) {
        LocalTasks tasks = new LocalTasks(name);
        if (OPEN.putIfAbsent(name, tasks) != null) {
            throw new IllegalArgumentException("name: in use already");
        }
        return tasks;
    }

    /** Of a task in a process of its own: nobody stops it or hears of it here. */
    static LocalTasks alone() {
        return new LocalTasks("");
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
        running.add(Thread.currentThread());
    }

    synchronized void end() {
        running.remove(Thread.currentThread());
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

    /**
     * Whether no mapper is at work any more. Those of a stopped job are interrupted again and again: an interrupt that
     * comes while Hadoop waits for a command of the shell is lost.
     */
    synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long left = end - System.nanoTime(); !running.isEmpty() && left > 0; left = end - System.nanoTime()) {
            if (stopped) {
                running.forEach(Thread::interrupt);
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, INTERRUPT_NANOS));
        }
        return running.isEmpty();
    }

    @Override
    public void close() {
        OPEN.remove(name, this);
    }
}
