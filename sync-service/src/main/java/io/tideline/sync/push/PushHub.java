package io.tideline.sync.push;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.SyncRequest;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.internal.Flow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of this process. When a conversation moves, its new messages are read once and then every session that
 * follows it is woken. Safe for use by many threads.
 */
public final class PushHub implements AutoCloseable {
    /** What devices have acknowledged is stored part by part: all at once would hold up what is being sent. */
    private static final int STORE_PARTS = 16;

    private static final CompletableFuture<Void> NOTHING_BEFORE = CompletableFuture.completedFuture(null);

    private final SyncService sync;
    private final Executor executor;
    private final RecentMessages recent;
    private final PushServices services;
    private final Map<Device, PushSession> sessions = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Begins to wake the cursors of {@code sync}.
     *
     * @param executor makes pages and calls listeners; each session is in its queue at most once. Stays the caller's
     * @param timer stays the caller's, to be shut down after {@link #close()}
     */
    public PushHub(
            SyncService sync,
            TimelineStore store,
            PushConfig config,
            Executor executor,
            ScheduledExecutorService timer,
            MetricRegistry metrics) {
        this.sync = sync;
        this.executor = executor;
        this.recent = new RecentMessages(
                store, new MessageCodec(), config.requestTimeout(), config.recentBytes(), System::nanoTime);
        PushMetrics pushMetrics = PushMetrics.in(metrics);
        this.services = new PushServices(sync, recent, config, pushMetrics, executor, timer, this::ended);
        sync.onMove(this::moved);
        tickLater(0);
        services.later(this::look, config.heartbeat());
    }

    /**
     * Begins to push to a device. A session that the device has here already is ended at once, those that it has on other
     * servers as soon as these have heard or looked.
     */
    public PushSession subscribe(SyncRequest request, PushListener listener) {
        AtomicReference<@Nullable PushSession> before = new AtomicReference<>();
        PushSession session = sessions.compute(request.device(), (device, open) -> {
            before.set(open);
            return new PushSession(request, listener, services, open == null ? NOTHING_BEFORE : open.settled());
        });
        services.metrics().sessions().inc();
        @Nullable PushSession replaced = before.get();
        if (replaced != null) {
            replaced.end(new PushListener.Ended.Replaced());
        }
        // Looked at after the registration: whoever closes looks at the registrations after setting it.
        if (closed) {
            session.end(closing());
        }
        session.wake();
        return session;
    }

    private void ended(PushSession session) {
        services.metrics().sessions().dec();
        // Not before: the next session of the device has to be opened after this one was, or never will be.
        Flow.listen(session.settled(), (done, neverFails) -> sessions.remove(session.device(), session));
    }

    private void moved(TimelineId timeline, SequenceId last, List<Runnable> wakes) {
        if (timeline.family() == TimelineFamily.CONVERSATION) {
            Flow.listen(recent.extend(timeline, last), (done, failure) -> wakeAll(wakes));
        } else {
            wakeAll(wakes);
        }
    }

    private void wakeAll(List<Runnable> wakes) {
        try {
            executor.execute(() -> wakes.forEach(Runnable::run));
        } catch (RejectedExecutionException stopped) {
            // The process ends, and with it the sessions.
        }
    }

    private void tickLater(int part) {
        services.later(() -> tick(part), services.config().storeInterval().dividedBy(STORE_PARTS));
    }

    private void tick(int part) {
        if (closed) {
            return;
        }
        recent.dropOld();
        sessions.forEach((device, session) -> {
            if (Math.floorMod(device.hashCode(), STORE_PARTS) == part) {
                session.store();
            }
            session.beatIfSilent();
        });
        tickLater((part + 1) % STORE_PARTS);
    }

    /** Other servers forget devices, too, and tell nobody; that they have newer sessions may not have been heard. */
    private void look() {
        if (closed) {
            return;
        }
        Flow.listen(Flow.call(() -> sync.endOutdated(deadline())), (done, failure) -> {
            if (failure != null) {
                services.metrics().failures().mark();
            }
            services.later(this::look, services.config().heartbeat());
        });
    }

    /** Looks at once at those of the devices that have a session here: another server says that they have one there. */
    public void openedElsewhere(Collection<Device> devices) {
        Flow.listen(Flow.call(() -> sync.endOutdated(devices, deadline())), (done, failure) -> {
            if (failure != null) {
                // The next look at all of them has them, too.
                services.metrics().failures().mark();
            }
        });
    }

    private Deadline deadline() {
        return Deadline.after(services.config().requestTimeout());
    }

    private static PushListener.Ended closing() {
        return new PushListener.Ended.Failed(new StorageUnavailableException("server is closing", Map.of(), null));
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        closed = true;
        sync.onMove((timeline, last, wakes) -> {});
        new ArrayList<>(sessions.values()).forEach(session -> session.end(closing()));
    }
}
