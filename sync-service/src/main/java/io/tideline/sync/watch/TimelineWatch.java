package io.tideline.sync.watch;

import io.tideline.core.error.TidelineException;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of one watch.
 *
 * <pre>
 *   REPLAY  reads pages without an end, from next. A page that stops at the head leads, once it is delivered and the
 *           marker with it, to LIVE. Beyond the head in the very first answer: ENDED
 *   LIVE    delivers what is offered at next. When next is committed (next &lt;= seen) and not in the buffer, waits once
 *           for reordering, then reads next..(the buffer's first - 1, or seen), page by page
 *   ENDED   cancelled, closed, failed for good or beyond the head: nothing is delivered any more
 * </pre>
 *
 * <p>No lost wake-up: the watch is registered before its first read begins. An append acknowledged before that is in
 * the read; one acknowledged later is offered, and kept in the buffer or at least raises {@code seen}. Whatever is
 * dropped stays visible as {@code next <= seen}, which LIVE never leaves alone. What no append of this process tells,
 * the poll of the head adds to {@code seen}.
 *
 * <p>Serialised by {@code work}, as in reactive streams: every event first leaves its news in a field (buffer, answer,
 * paused, cancelled, closing) and then adds one; who finds 0 drains until it has taken the count back to 0, everybody
 * else leaves at once. Fields under "drain" are touched by the draining thread only, and the count carries the
 * happens-before from one drainer to the next. The only lock is the buffer's, never held while anybody is called. At
 * most one read is in flight, one timer is armed and one task is queued per watch. See the queue-drain pattern in
 * RxJava's {@code QueueDrainHelper} and Reactive Streams rule 1.3.
 */
final class TimelineWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(TimelineWatch.class);

    private enum Phase {
        REPLAY,
        LIVE,
        ENDED
    }

    private record Answer(
            ReadQuery query,
            @Nullable TimelinePage page,
            @Nullable Throwable failure) {}

    private final TimelineId timeline;
    private final long from;
    private final SequenceId floor;
    private final WatchListener listener;
    private final WatchServices services;
    private final Consumer<TimelineWatch> atEnd;
    private final double retryShare;

    private final AtomicInteger work = new AtomicInteger();
    private final AtomicBoolean queued = new AtomicBoolean();
    private final LiveBuffer buffer;
    private volatile @Nullable Answer answer;
    private volatile boolean paused;
    private volatile boolean cancelled;
    private volatile @Nullable TidelineException closing;

    // Drain; volatile where others look.
    private volatile Phase phase = Phase.REPLAY;
    private volatile long next;
    private final Deque<PagePiece> pending = new ArrayDeque<>();
    private boolean markerDue;
    private boolean reading;
    private boolean patient = true;
    private int failures;
    private Runnable timerCancel = () -> {};

    /**
     * @param atEnd called once, when the watch has ended, possibly before the listener's last call
     * @param retryShare 0.5 to 1, see {@link WatchConfig#retryPause}
     */
    TimelineWatch(
            ReadQuery start,
            WatchListener listener,
            WatchServices services,
            Consumer<TimelineWatch> atEnd,
            double retryShare) {
        this.timeline = start.timeline();
        this.from = start.from().value();
        this.floor = start.floor();
        this.next = from;
        this.listener = listener;
        this.services = services;
        this.atEnd = atEnd;
        this.retryShare = retryShare;
        this.buffer =
                new LiveBuffer(services.config().maxEntries(), services.config().maxBytes());
    }

    TimelineId timeline() {
        return timeline;
    }

    @Override
    public void resume() {
        wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        drain();
    }

    /** Ends the watch on this thread, or on the one that drains now. */
    void close(TidelineException reason) {
        closing = reason;
        drain();
    }

    /** Drains soon, on the executor. */
    void wake() {
        if (queued.compareAndSet(false, true)) {
            services.execute(() -> {
                queued.set(false);
                drain();
            });
        }
    }

    /** Takes what was appended, and delivers it on this thread when it is what comes next. */
    void offer(Offer offer) {
        if (work.compareAndSet(0, 1)) {
            drainAsOwner(offer);
        } else {
            keep(offer);
            drain();
        }
    }

    /** Takes what was appended; the caller sees to it that somebody drains. */
    void keep(Offer offer) {
        if (!buffer.keep(offer, next)) {
            services.metrics().overflows().mark();
        }
    }

    /** Learns from a head that {@code last} is committed. */
    void saw(long last) {
        if (last > buffer.seen()) {
            buffer.saw(last);
            wake();
        }
    }

    /** Whether only a look at the head can tell this watch more. */
    boolean isIdle() {
        return phase == Phase.LIVE && buffer.seen() < next;
    }

    /** The highest seq that is known to be committed, 0 when none: never what a client merely claims. */
    long seen() {
        return buffer.seen();
    }

    void drain() {
        if (work.getAndIncrement() == 0) {
            drainAsOwner(null);
        }
    }

    /** The caller has taken {@code work} from 0 to 1. */
    private void drainAsOwner(@Nullable Offer offer) {
        @Nullable Offer direct = offer;
        int taken = 1;
        while (taken != 0) {
            try {
                if (direct != null) {
                    takeOffer(direct);
                    direct = null;
                }
                advance();
            } catch (RuntimeException e) {
                // The outermost frame: whoever appends or completes a read must not suffer for a listener.
                direct = null;
                fail(e);
            }
            taken = work.addAndGet(-taken);
        }
    }

    private void takeOffer(Offer offer) {
        boolean direct =
                phase == Phase.LIVE && pending.isEmpty() && !isToEnd() && offer.continuesAt(next) && listener.isReady();
        if (!direct) {
            keep(offer);
            return;
        }
        buffer.saw(offer.last());
        deliverLive(offer.entries());
    }

    private void advance() {
        boolean moved = true;
        while (moved && phase != Phase.ENDED) {
            moved = endIfAsked() || takeAnswer() || deliver() || beginRead();
        }
    }

    private boolean isToEnd() {
        return cancelled || closing != null;
    }

    private boolean endIfAsked() {
        if (!isToEnd()) {
            return false;
        }
        @Nullable TidelineException reason = closing;
        end();
        if (!cancelled && reason != null) {
            listener.onError(reason);
        }
        return true;
    }

    private boolean takeAnswer() {
        @Nullable Answer got = answer;
        if (got == null) {
            return false;
        }
        answer = null;
        reading = false;
        if (got.page() != null) {
            takePage(got.query(), got.page());
        } else {
            takeFailure(got.failure());
        }
        return true;
    }

    private void takePage(ReadQuery query, TimelinePage page) {
        boolean replay = phase == Phase.REPLAY;
        if (replay && page.stop() == StopReason.BEYOND_HEAD && next == from && buffer.seen() < from - 1) {
            end();
            listener.onBeyondHead(page.last());
            return;
        }
        buffer.saw(page.last().value());
        List<PagePiece> pieces = PagePiece.cut(page, next);
        markerDue = replay && page.stop() == StopReason.HEAD;
        if (pieces.isEmpty() && !markerDue && next == query.from().value()) {
            // An answer from before what is known to be committed: as good as none.
            retryLater();
            return;
        }
        failures = 0;
        pending.addAll(pieces);
    }

    private void takeFailure(@Nullable Throwable failure) {
        services.metrics().readFailures().mark();
        TidelineException known =
                Futures.toTideline(failure == null ? new IllegalStateException("no page and no failure") : failure);
        if (known != failure || !known.retryable()) {
            throw known;
        }
        retryLater();
    }

    private void retryLater() {
        failures++;
        pause(services.config().retryPause(failures, retryShare));
    }

    private boolean deliver() {
        boolean something = !pending.isEmpty() || markerDue || phase == Phase.LIVE;
        if (!something || !listener.isReady()) {
            return false;
        }
        @Nullable PagePiece piece = pending.poll();
        if (piece != null) {
            next = piece.last() + 1;
            piece.deliverTo(listener);
            return true;
        }
        if (markerDue) {
            markerDue = false;
            phase = Phase.LIVE;
            listener.onCaughtUp(SequenceId.of(next - 1));
            return true;
        }
        List<Entry> run = buffer.take(next);
        if (!run.isEmpty()) {
            deliverLive(run);
        }
        return !run.isEmpty();
    }

    private void deliverLive(List<Entry> entries) {
        next = entries.get(entries.size() - 1).seq().value() + 1;
        services.metrics().liveEntries().mark(entries.size());
        listener.onEntries(entries);
    }

    private boolean beginRead() {
        if (reading || paused || !pending.isEmpty() || markerDue || !listener.isReady()) {
            return false;
        }
        if (phase == Phase.REPLAY) {
            read(SequenceId.NONE);
            return true;
        }
        if (!buffer.isMissing(next)) {
            patient = true;
            return false;
        }
        if (patient && !buffer.isBehind()) {
            patient = false;
            pause(services.config().reorderWait());
            return false;
        }
        long to = buffer.beginFill(next);
        if (to >= next) {
            read(SequenceId.of(to));
        }
        return true;
    }

    private void read(SequenceId to) {
        reading = true;
        SequenceId known = floor.max(SequenceId.of(Math.max(next - 1, buffer.seen())));
        WatchConfig config = services.config();
        ReadQuery query = new ReadQuery(
                timeline, SequenceId.of(next), to, Direction.FORWARD, config.maxEntries(), config.maxBytes(), known);
        Futures.listen(services.reads().read(query), (page, failure) -> {
            answer = new Answer(query, page, failure);
            wake();
        });
    }

    private void pause(Duration duration) {
        paused = true;
        timerCancel = services.schedule(
                () -> {
                    paused = false;
                    drain();
                },
                duration);
    }

    private void fail(RuntimeException failure) {
        if (phase == Phase.ENDED) {
            LOG.warn("listener failed in its last call timeline={}", timeline, failure);
            return;
        }
        end();
        TidelineException reason = Futures.toTideline(failure);
        LOG.warn("watch failed timeline={} next={}", timeline, next, failure);
        try {
            listener.onError(reason);
        } catch (RuntimeException e) {
            LOG.warn("listener failed in its last call timeline={}", timeline, e);
        }
    }

    private void end() {
        phase = Phase.ENDED;
        pending.clear();
        buffer.close();
        answer = null;
        timerCancel.run();
        atEnd.accept(this);
    }
}
