package io.tideline.store.id;

import io.tideline.core.error.OverloadedException;
import io.tideline.core.message.MessageIds;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.MessageId;
import io.tideline.store.id.NodeLeases.Held;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Message ids of a leased node number.
 *
 * <p>Why no id is given twice: a process gives ids of a node only for milliseconds above what the lease's record had reserved
 * when it took it, and up to what it has reserved itself. Each reservation replaces the record that was seen, so those of two
 * holders never overlap, even when both believe to hold the lease and whatever their clocks say. Clocks decide only how soon
 * an abandoned number is used again.
 *
 * <p>Thread-safe; {@link #next} never waits. The lock guards the fields and is never held while the storage is called.
 */
public final class LeasedMessageIds implements MessageIds, AutoCloseable {
    /** 2024-01-01T00:00:00Z, from where milliseconds are counted. */
    static final long EPOCH_MILLIS = 1_704_067_200_000L;

    private static final int COUNTER_BITS = 12;
    private static final int NODE_BITS = 10;
    private static final int MAX_COUNTER = (1 << COUNTER_BITS) - 1;

    private final NodeLeases leases;
    private final LeaseConfig config;
    private final InstantSource clock;
    private @Nullable Held held;
    private @Nullable CompletableFuture<Void> renewing;
    private @Nullable ScheduledFuture<?> schedule;
    private long lastMillis = EPOCH_MILLIS;
    private int lastCounter = MAX_COUNTER;

    /**
     * Ids of one process.
     *
     * @param holder names this process in the lease, for people
     */
    public LeasedMessageIds(
            RecordStore records, LeaseConfig config, InstantSource clock, RandomGenerator random, String holder) {
        this.leases = new NodeLeases(records, config, clock, random, holder);
        this.config = config;
        this.clock = clock;
    }

    /**
     * Takes a lease and keeps renewing it until {@link #close}. Completes when ids can be given; fails (deferred) as the
     * record store does, and with {@code OverloadedException} when all node numbers are in use. Renewal goes on either way.
     */
    public synchronized CompletableFuture<Void> start(ScheduledExecutorService executor) {
        long pauseMillis = Math.max(1, config.reserveAhead().toMillis() / 3);
        schedule = executor.scheduleWithFixedDelay(
                this::renewInBackground, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
        return renew();
    }

    @Override
    public synchronized void close() {
        if (schedule != null) {
            schedule.cancel(false);
        }
    }

    @Override
    public MessageId next() {
        @Nullable MessageId id = tryNext();
        if (id == null) {
            renewInBackground();
            id = tryNext();
        }
        if (id == null) {
            throw new OverloadedException("no message ids are reserved now", Map.of(), null);
        }
        return id;
    }

    private synchronized @Nullable MessageId tryNext() {
        long millis = Math.max(clock.millis(), lastMillis);
        int counter = millis == lastMillis ? lastCounter + 1 : 0;
        if (counter > MAX_COUNTER) {
            millis++;
            counter = 0;
        }
        if (held == null || millis > held.reservedThrough()) {
            return null;
        }
        lastMillis = millis;
        lastCounter = counter;
        return new MessageId(
                (millis - EPOCH_MILLIS) << (NODE_BITS + COUNTER_BITS) | (long) held.node() << COUNTER_BITS | counter);
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // a failed renewal is seen as ids that are refused, and is tried again
    private void renewInBackground() {
        renew();
    }

    /** Reserves ahead, with another node number when this one was taken over. Calls that come meanwhile share the work. */
    @SuppressWarnings("FutureReturnValueIgnored") // finish takes the failure, so nothing is lost with the stage
    CompletableFuture<Void> renew() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        @Nullable Held current;
        long given;
        synchronized (this) {
            if (renewing != null) {
                return renewing;
            }
            renewing = done;
            current = held;
            given = lastMillis;
        }
        reserve(current, given).whenComplete((next, failure) -> finish(next, failure, done));
        return done;
    }

    private CompletableFuture<Held> reserve(@Nullable Held current, long given) {
        try {
            return current == null
                    ? leases.take(given)
                    : leases.renew(current, given)
                            .thenCompose(next ->
                                    next.node() >= 0 ? CompletableFuture.completedFuture(next) : leases.take(given));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finish(@Nullable Held next, @Nullable Throwable failure, CompletableFuture<Void> done) {
        synchronized (this) {
            renewing = null;
            if (next != null) {
                accept(next);
            }
        }
        if (failure != null) {
            done.completeExceptionally(failure);
        } else {
            done.complete(null);
        }
    }

    /** A new number begins above everything that was given of it, by anybody, and above everything given here. */
    private void accept(Held next) {
        if (held == null || held.node() != next.node() || held.usedThrough() != next.usedThrough()) {
            lastMillis = Math.max(lastMillis, next.usedThrough());
            lastCounter = MAX_COUNTER;
        }
        held = next;
    }

    /** When an id was given, by the clock of the process that gave it. */
    public static Instant timeOf(MessageId id) {
        return Instant.ofEpochMilli(EPOCH_MILLIS + (id.value() >> (NODE_BITS + COUNTER_BITS)));
    }
}
