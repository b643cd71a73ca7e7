package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.error.OverloadedException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which this process alone writes to the archive. The lease is prolonged from a thread of its own. A process that
 * has lost it without knowing, since it stood still, is refused by the fence at its next commit; before it writes to the
 * locator or deletes anything, which no fence is in front of, it asks whether the fence still is its own.
 */
final class WriterSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriterSession.class);
    private static final int RENEWALS = 3;

    private final Catalog catalog;
    private final InstantSource clock;
    private final Duration time;
    private final String holder;
    private final String doing;
    private final long fence;
    private final ArchiveProgress progress;
    private final ScheduledFuture<?> renewal;
    /** Held while the lease is written: a renewal under way would take again what was given back. Guards {@code closed}. */
    private final Lock leasing = new ReentrantLock();

    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private boolean closed;
    private volatile boolean lost;

    private WriterSession(
            Catalog catalog,
            InstantSource clock,
            Duration time,
            String holder,
            String doing,
            long fence,
            ArchiveProgress progress,
            ScheduledExecutorService timer) {
        this.catalog = catalog;
        this.clock = clock;
        this.time = time;
        this.holder = holder;
        this.doing = doing;
        this.fence = fence;
        this.progress = progress;
        long period = time.toMillis() / RENEWALS;
        this.renewal = timer.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Becomes the writer.
     *
     * @throws OverloadedException while another process is
     */
    static WriterSession begin(
            Catalog catalog,
            InstantSource clock,
            Duration time,
            String holder,
            String doing,
            ArchiveProgress progress,
            ScheduledExecutorService timer)
            throws IOException {
        Optional<WriterSession> begun = beginIfFree(catalog, clock, time, holder, doing, progress, timer);
        if (begun.isEmpty()) {
            throw busy(catalog.state().lease().doing());
        }
        return begun.get();
    }

    /** Becomes the writer unless another process is. */
    static Optional<WriterSession> beginIfFree(
            Catalog catalog,
            InstantSource clock,
            Duration time,
            String holder,
            String doing,
            ArchiveProgress progress,
            ScheduledExecutorService timer)
            throws IOException {
        return catalog.acquire(holder, time, doing, clock.instant())
                .map(fence -> new WriterSession(catalog, clock, time, holder, doing, fence, progress, timer));
    }

    /**
     * Asks the catalog.
     *
     * @throws OverloadedException when another process has become the writer
     */
    void requireWriter() throws IOException {
        if (!catalog.isWriter(fence)) {
            lost = true;
            throw replaced();
        }
    }

    static OverloadedException replaced() {
        return new OverloadedException("another process has become the writer of the archive", Map.of(), null);
    }

    static OverloadedException busy(String doing) {
        return new OverloadedException("the archive is being written to", Map.of("task", doing), null);
    }

    private void renew() {
        leasing.lock();
        try {
            if (!closed
                    && !catalog.hold(
                            fence, new Catalog.Lease(holder, clock.instant().plus(time), doing))) {
                lost = true;
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the archive's lease could not be prolonged", e);
        } finally {
            leasing.unlock();
        }
    }

    long fence() {
        return fence;
    }

    ArchiveProgress progress() {
        return progress;
    }

    /** Tells of what could not be done, and does not keep the task from going on; without content of users. */
    void problem(String text) {
        LOG.warn("the archive has a problem: {}", text);
        problems.add(text);
    }

    /** What was told, by any part of the task. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Ends what is under way, at a place where nothing is half done or the next session completes it. */
    void checkpoint() {
        if (lost) {
            throw replaced();
        }
        checkpoint(progress);
    }

    /** The same for who writes nothing. */
    static void checkpoint(ArchiveProgress progress) {
        if (progress.isStopRequested()) {
            throw new OverloadedException("the task was asked to stop", Map.of(), null);
        }
    }

    @Override
    public void close() {
        renewal.cancel(false);
        leasing.lock();
        try {
            closed = true;
            catalog.hold(fence, Catalog.Lease.NONE);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the archive's lease could not be given back; it ends by itself", e);
        } finally {
            leasing.unlock();
        }
    }
}
