package io.tideline.sync.fanout;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordPage;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.internal.Flow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what stands in conversations into the inboxes and lists of their members, as fan-out tasks say. Who has appended
 * an entry that has a task calls {@link #due}; the scan finds the tasks of others and those of a crashed process. However
 * often workers crash or overlap, each inbox gets each entry once, in order, within the store's deduplication window.
 *
 * <p>Works on the store's threads; the executor only starts runs and scans. One lock guards the queue; nothing is called
 * under it.
 */
public final class FanoutWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutWorker.class);
    private static final int SCAN_ROWS = 1000;
    /** A scan is followed by a pause of as many times its own time. */
    private static final int SCAN_SHARE = 20;

    private static final long NO_PAUSE = 0;

    /** A conversation that is queued, worked on, or waits for its next try. */
    private static final class Work {
        private boolean running;
        private boolean again;
        private int failures;
        /** The number of the pause after which it is tried again, {@link #NO_PAUSE} when it does not wait for one. */
        private long pause = NO_PAUSE;
        /** Whether it waits for another worker only, in a pause that was not yet shortened. */
        private boolean canBeHurried;
    }

    private final FanoutServices services;
    private final ScheduledExecutorService executor;
    private final PendingReader pendingReader;
    private final OldestPending oldest;
    private final Object lock = new Object();
    private final Map<TimelineId, Work> works = new HashMap<>();
    private final Deque<TimelineId> ready = new ArrayDeque<>();
    private int running;
    private long pauses = NO_PAUSE;
    private boolean closed;

    /** @param executor not blocked by the worker, and not closed by it */
    public FanoutWorker(
            TimelineStore store,
            RecordStore records,
            FanoutConfig config,
            InstantSource clock,
            ScheduledExecutorService executor,
            MetricRegistry metrics) {
        this.services = new FanoutServices(store, records, new MemberLists(), config, clock, FanoutMetrics.in(metrics));
        this.executor = executor;
        this.pendingReader = new PendingReader(services);
        this.oldest = new OldestPending(pendingReader);
    }

    /** Begins to scan for tasks, now and then again and again. */
    public void start() {
        execute(this::scanAndRepeat);
    }

    /**
     * There is, or may be, something to do for a conversation. Returns at once; costs little when there is not.
     *
     * <p>What waits for a conversation that another works on is looked at after the shortest pause: he may have ended since,
     * and then nobody knows of what is due now. What waits after a failure goes on waiting.
     */
    public void due(TimelineId conversation) {
        long pause = NO_PAUSE;
        synchronized (lock) {
            if (closed) {
                return;
            }
            @Nullable Work known = works.get(conversation);
            if (known != null) {
                known.again |= known.running;
                pause = known.canBeHurried ? waits(known, false) : NO_PAUSE;
            } else if (works.size() >= services.config().maxQueued()) {
                services.metrics().dropped().mark();
                return;
            } else {
                works.put(conversation, new Work());
                ready.add(conversation);
            }
        }
        if (pause != NO_PAUSE) {
            retryAfter(services.config().firstRetry(), conversation, pause);
        }
        pump();
    }

    /** Begins a pause, in place of the one there may be. With the lock. */
    private long waits(Work work, boolean canBeHurried) {
        work.pause = ++pauses;
        work.canBeHurried = canBeHurried;
        return work.pause;
    }

    /**
     * One page of the unfinished work of the installation.
     *
     * @param after the conversation to go on after; empty to begin
     * @param maxTasks 1 to 1000
     */
    public CompletableFuture<PendingPage> pending(Optional<TimelineId> after, int maxTasks, Deadline deadline) {
        return pendingReader.read(after, maxTasks, deadline);
    }

    /** Begins no further run. Those under way end by themselves; what they leave is found by others. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            ready.clear();
        }
    }

    private void pump() {
        while (true) {
            TimelineId next;
            synchronized (lock) {
                if (closed || ready.isEmpty() || running >= services.config().conversations()) {
                    return;
                }
                next = ready.remove();
                works.getOrDefault(next, new Work()).running = true;
                running++;
            }
            execute(() -> Flow.listen(
                    Flow.call(() -> new FanoutRun(services, next).run()),
                    (result, failure) -> ended(next, result, failure)));
        }
    }

    private void ended(TimelineId conversation, FanoutRun.@Nullable Result result, @Nullable Throwable failure) {
        int failures;
        long pause = NO_PAUSE;
        Duration delay = Duration.ZERO;
        synchronized (lock) {
            running--;
            Work work = works.getOrDefault(conversation, new Work());
            work.running = false;
            boolean done = failure == null && result == FanoutRun.Result.DONE;
            failures = done ? 0 : ++work.failures;
            if (done && work.again) {
                work.again = false;
                work.failures = 0;
                ready.add(conversation);
            } else if (done) {
                works.remove(conversation);
            } else {
                // What was told while the run found another at work may not be known to him.
                boolean hurried = failure == null && work.again;
                work.again &= !hurried;
                pause = waits(work, failure == null && !hurried);
                delay = hurried ? services.config().firstRetry() : pause(failures);
            }
        }
        if (failure != null) {
            services.metrics().failures().mark();
            LOG.warn(
                    "fan-out failed, will be tried again conversation={} failures={}", conversation, failures, failure);
        }
        if (pause != NO_PAUSE) {
            retryAfter(delay, conversation, pause);
        }
        pump();
    }

    private void retryAfter(Duration delay, TimelineId conversation, long pause) {
        schedule(() -> retry(conversation, pause), delay);
    }

    private void retry(TimelineId conversation, long pause) {
        synchronized (lock) {
            @Nullable Work work = works.get(conversation);
            if (work == null || work.pause != pause) {
                // A shorter pause came in place of this one.
                return;
            }
            work.pause = NO_PAUSE;
            work.canBeHurried = false;
            ready.add(conversation);
        }
        pump();
    }

    private Duration pause(int failures) {
        Duration doubled = services.config().firstRetry().multipliedBy(1L << Math.min(20, failures - 1));
        Duration longest = services.config().longestRetry();
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    private void scanAndRepeat() {
        Instant begin = services.clock().instant();
        Flow.listen(Flow.call(this::scan), (found, failure) -> {
            if (failure != null) {
                LOG.warn("looking for fan-out tasks failed", failure);
            }
            schedule(
                    this::scanAndRepeat,
                    untilNextScan(Duration.between(begin, services.clock().instant())));
        });
    }

    /** A scan steps over what HBase has yet to forget of finished tasks: one that takes long comes less often. */
    private Duration untilNextScan(Duration lastScan) {
        Duration shortest = services.config().scanInterval();
        Duration fair = lastScan.multipliedBy(SCAN_SHARE);
        Duration longest = shortest.multipliedBy(SCAN_SHARE);
        Duration bounded = fair.compareTo(longest) < 0 ? fair : longest;
        return bounded.compareTo(shortest) > 0 ? bounded : shortest;
    }

    /** One look for all tasks: each is due, and the lag is known afterwards. */
    CompletableFuture<Void> scan() {
        AtomicReference<Optional<RecordKey>> after = new AtomicReference<>(Optional.empty());
        List<TimelineRecord> tasks = new ArrayList<>();
        Instant began = services.clock().instant();
        return Flow.repeat(() -> services.records()
                        .scanAll(RecordKind.FANOUT_TASK, after.get(), SCAN_ROWS, deadline())
                        .thenApply(page -> {
                            page.records().forEach(task -> due(task.key().owner()));
                            tasks.addAll(page.records());
                            lastKey(page).ifPresent(key -> after.set(Optional.of(key)));
                            return !page.complete();
                        }))
                .thenCompose(done -> oldest.find(tasks, began, this::deadline))
                .thenAccept(since -> {
                    Instant now = services.clock().instant();
                    long age = since.map(begin -> Duration.between(begin, now).toMillis())
                            .orElse(0L);
                    services.metrics().pending().set(tasks.size());
                    services.metrics().oldestAgeMillis().set(Math.max(0, age));
                });
    }

    private static Optional<RecordKey> lastKey(RecordPage page) {
        List<TimelineRecord> records = page.records();
        return records.isEmpty()
                ? Optional.empty()
                : Optional.of(records.get(records.size() - 1).key());
    }

    /** Conversations that are queued, worked on or waiting here, for tests. */
    Collection<TimelineId> known() {
        synchronized (lock) {
            return List.copyOf(works.keySet());
        }
    }

    private Deadline deadline() {
        return Deadline.after(services.config().requestTimeout());
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // The process is about to end; tasks are durable.
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task reports its own failures
    private void schedule(Runnable task, Duration delay) {
        try {
            executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The process is about to end; tasks are durable.
        }
    }
}
