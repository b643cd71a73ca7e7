package io.tideline.sync.peer;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.feed.Change;
import io.tideline.core.feed.ChangeListener;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.device.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other servers how far timelines have come here, and which devices have new streams here, and the listeners
 * here how far timelines have come there. Thread safe.
 *
 * <p>A hint costs the thread that reports it one map entry. A task on the executor, at most one at a time and at most
 * one per interval, takes what has gathered, puts it into the queue of each peer and sends what the peers take. All
 * queues and links are touched under this object's lock only, which the thread of an append never takes; links do not
 * block. {@code due} means that something is new since the last task began; who raises it arms the task, and a task that
 * finds it raised at its end arms the next one.
 */
public final class PeerHints implements HintExchange, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerHints.class);

    private final PeerHintsConfig config;
    private final PeerTransport transport;
    private final ScheduledExecutorService executor;
    private final PeerMetrics metrics;
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<TimelineId, SequenceId> gathered = new ConcurrentHashMap<>();
    private final Set<Device> opened = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicBoolean armed = new AtomicBoolean();
    private final Map<Peer, PeerQueue> queues = new HashMap<>();
    private volatile Set<Peer> wanted = Set.of();
    private volatile boolean closed;

    /**
     * Tells nobody until it learns of {@link #peers}.
     *
     * @param executor stays the caller's, to be shut down after {@link #close()}
     */
    public PeerHints(
            PeerHintsConfig config,
            PeerTransport transport,
            ScheduledExecutorService executor,
            MetricRegistry metrics) {
        this.config = config;
        this.transport = transport;
        this.executor = executor;
        this.metrics = PeerMetrics.in(metrics);
    }

    /** Takes the changes made here, to tell the others: to be added to whatever reports them. Never blocks. */
    public ChangeListener outgoing() {
        return new ChangeListener() {
            @Override
            public void changed(List<Change> changes) {
                gather(changes);
            }

            @Override
            public void lostTrack() {
                // Nothing to tell: the others look for themselves.
            }
        };
    }

    /**
     * Adds a listener to what other servers tell. It hears of what is likely true and may miss anything; {@code lostTrack}
     * is never called.
     *
     * @return removes it when run
     */
    public Runnable listen(ChangeListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void received(Hints hints) {
        metrics.received().mark(hints.size());
        List<Change> changes = hints.moved();
        if (changes.isEmpty()) {
            return;
        }
        for (ChangeListener listener : listeners) {
            try {
                listener.changed(changes);
            } catch (RuntimeException e) {
                LOG.error("a listener of hints failed", e);
            }
        }
    }

    /** The other servers there are now. Those that are new are connected to, those that are gone are forgotten. */
    public void peers(Set<Peer> others) {
        if (others.size() > config.maxPeers()) {
            LOG.warn("too many servers, not all are told peers={} max={}", others.size(), config.maxPeers());
        }
        wanted = Set.copyOf(others.stream()
                .sorted(Comparator.comparing(Peer::id))
                .limit(config.maxPeers())
                .toList());
        wake();
    }

    private void gather(List<Change> changes) {
        if (wanted.isEmpty() || closed) {
            return;
        }
        for (Change change : changes) {
            if (hasRoom() || gathered.containsKey(change.timeline())) {
                gathered.merge(change.timeline(), change.last(), SequenceId::max);
            } else {
                metrics.dropped().mark();
            }
        }
        wake();
    }

    /** May be told to more threads than there is room for. */
    private boolean hasRoom() {
        return gathered.size() + opened.size() < config.maxWaiting();
    }

    @Override
    public void opened(Device device) {
        if (wanted.isEmpty() || closed) {
            return;
        }
        if (hasRoom()) {
            opened.add(device);
        } else {
            metrics.dropped().mark();
        }
        wake();
    }

    private void wake() {
        if (!due.get() && !due.getAndSet(true)) {
            arm();
        }
    }

    private void arm() {
        if (closed || !armed.compareAndSet(false, true)) {
            return;
        }
        try {
            var unused = executor.schedule(this::run, config.interval().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("hints end with their executor", e);
        }
    }

    private void run() {
        due.set(false);
        try {
            round();
        } catch (RuntimeException e) {
            LOG.error("sending hints failed", e);
        }
        armed.set(false);
        if (due.get()) {
            arm();
        }
    }

    private synchronized void round() {
        if (closed) {
            return;
        }
        meetPeers();
        Hints hints = take();
        for (PeerQueue queue : queues.values()) {
            queue.add(hints);
            queue.send();
        }
    }

    private void meetPeers() {
        Set<Peer> now = wanted;
        List<Peer> gone =
                queues.keySet().stream().filter(peer -> !now.contains(peer)).toList();
        gone.forEach(this::forget);
        for (Peer peer : now) {
            if (!queues.containsKey(peer)) {
                LOG.info("telling another server of appends peer={}", peer);
                queues.put(peer, new PeerQueue(transport.open(peer, this::wake), config, metrics));
                metrics.peers().inc();
            }
        }
    }

    private void forget(Peer peer) {
        @Nullable PeerQueue queue = queues.remove(peer);
        if (queue != null) {
            LOG.info("another server is gone peer={}", peer);
            metrics.peers().dec();
            queue.close();
        }
    }

    private Hints take() {
        List<Change> taken = new ArrayList<>();
        for (TimelineId timeline : gathered.keySet()) {
            @Nullable SequenceId last = gathered.remove(timeline);
            if (last != null) {
                taken.add(new Change(timeline, last));
            }
        }
        List<Device> devices = new ArrayList<>();
        // Who is told of again meanwhile is in the list already.
        opened.removeIf(devices::add);
        return new Hints(taken, devices);
    }

    /** Ends all links and the transport. What has not been sent is dropped. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(queues.keySet()).forEach(this::forget);
        transport.close();
    }
}
