package io.tideline.sync.push;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.store.Deadline;
import io.tideline.sync.device.CursorOutcome;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.DeviceCursor;
import io.tideline.sync.device.Refusal;
import io.tideline.sync.device.SyncPage;
import io.tideline.sync.device.SyncRequest;
import io.tideline.sync.internal.Flow;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends a device what moves, for as long as it listens.
 *
 * <p>States: between rounds; in a round; ended. A round makes one page and begins the next round if it sent one. Signals
 * count why a round is wanted: whoever raises them from 0 begins one, a round that ends with more signals than it began
 * with begins another, so no wake-up is lost and no two rounds run at once. The listener is called in rounds only, but for
 * {@code ended}, which is called once, by whoever ends the session, after the round under way.
 *
 * <p>A device that does not read or does not acknowledge is not sent to: its session waits for {@link #ready} or {@link
 * #acknowledge}, having told it once, by a hint, that there is more.
 *
 * <p>Opening gives the session a number, by which all servers know it for the newest of its device. So it is done once,
 * after the session before it here has been opened or never will be, and not for one that is over: {@code opening} is set
 * by the opening or by the end, whichever comes first. When it fails, it is not tried again as pages are: by then the
 * device may have gone to another server, and must not lose its session there to this one.
 */
public final class PushSession {
    private static final int MAX_HINTED = 100;

    private final SyncRequest request;
    private final PushListener listener;
    private final PushServices services;
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicReference<PushListener.@Nullable Ended> ending = new AtomicReference<>();
    private final AtomicBoolean released = new AtomicBoolean();
    private final CompletableFuture<Void> before;
    private final AtomicBoolean opening = new AtomicBoolean();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> settled;
    private volatile @Nullable DeviceCursor cursor;
    /** Whether it sends nothing until the device has acknowledged, or read. */
    private volatile boolean held;

    private volatile boolean heartbeatDue;
    private volatile long lastSentNanos = System.nanoTime();
    private volatile boolean closed;

    /** Used in rounds only. */
    private boolean caughtUp;

    private boolean hinted;
    private boolean finished;
    private long failingSinceNanos;
    private int failures;

    /** @param before {@link #settled} of the session before this one */
    PushSession(SyncRequest request, PushListener listener, PushServices services, CompletableFuture<Void> before) {
        this.request = request;
        this.listener = listener;
        this.services = services;
        this.before = before;
        this.settled = before.thenCompose(done -> opened);
    }

    public Device device() {
        return request.device();
    }

    /** Done once this session and all before it have been opened, or never will be. Never fails. */
    CompletableFuture<Void> settled() {
        return settled;
    }

    /** The listener can take more. */
    public void ready() {
        wake();
    }

    /**
     * The device has stored the page of this token, and so all before it; a token of an earlier session counts too.
     *
     * @return done, never with a failure, when the device may acknowledge again: what is no page of this session goes to
     *     the store
     */
    public CompletableFuture<Void> acknowledge(String token) {
        @Nullable DeviceCursor open = cursor;
        if (open != null && open.acknowledge(token)) {
            if (held) {
                wake();
            }
            return CompletableFuture.completedFuture(null);
        }
        return Flow.call(() -> services.sync().acknowledge(device(), token, deadline()))
                .handle((refusal, failure) -> {
                    if (refusal != null && refusal.isPresent()) {
                        end(new PushListener.Ended.Refused(refusal.get()));
                    }
                    // A failure costs nothing: what is not stored comes again.
                    return null;
                });
    }

    /** The device has gone. The listener is not called any more, but for a call under way. */
    public void close() {
        closed = true;
        leaveUnopened();
        release();
    }

    /** Ends the session from this side; the listener is told. */
    void end(PushListener.Ended reason) {
        if (ending.compareAndSet(null, reason)) {
            leaveUnopened();
            wake();
        }
    }

    private void leaveUnopened() {
        if (opening.compareAndSet(false, true)) {
            opened.complete(null);
        }
    }

    void wake() {
        if (signals.getAndIncrement() == 0) {
            services.executor().execute(this::round);
        }
    }

    private void round() {
        int seen = signals.get();
        Flow.listen(Flow.call(this::step), (again, failure) -> {
            if (failure != null) {
                retry(failure);
            }
            if (Boolean.TRUE.equals(again) || signals.addAndGet(-seen) != 0) {
                // A new task instead of a loop: other sessions get their turn in between.
                services.executor().execute(this::round);
            }
        });
    }

    /** Sends at most one page; whether to go on at once. */
    private CompletableFuture<Boolean> step() {
        PushListener.@Nullable Ended reason = ending.get();
        if (closed || finished) {
            return CompletableFuture.completedFuture(false);
        }
        if (reason != null) {
            finished = true;
            release();
            listener.ended(reason);
            return CompletableFuture.completedFuture(false);
        }
        beat();
        @Nullable DeviceCursor open = cursor;
        if (open == null) {
            return open();
        }
        if (isOver(open)) {
            end(
                    open.isForgotten()
                            ? new PushListener.Ended.Refused(new Refusal.ForgottenDevice())
                            : new PushListener.Ended.Replaced());
            return CompletableFuture.completedFuture(true);
        }
        // Before the look: who acknowledges after it wakes this session.
        held = true;
        if (!listener.isReady()
                || open.unacknowledgedMessages() >= services.config().maxUnacknowledged()) {
            hint(open);
            return CompletableFuture.completedFuture(false);
        }
        held = false;
        return open.next().thenApply(page -> isOver(open) || send(page));
    }

    private static boolean isOver(DeviceCursor open) {
        return open.isForgotten() || open.isReplaced();
    }

    private CompletableFuture<Boolean> open() {
        return before.thenCompose(done -> services.sync().loads().pass(this::openNow))
                .handle((outcome, failure) -> {
                    if (outcome == null) {
                        services.metrics().failures().mark();
                        end(new PushListener.Ended.Failed(forNow(failure)));
                    } else {
                        take(outcome);
                    }
                    opened.complete(null);
                    return true;
                });
    }

    private CompletableFuture<CursorOutcome> openNow() {
        return opening.compareAndSet(false, true)
                ? services.sync().open(request, services.recent(), this::wake, this::isWanted, this::deadline)
                : CompletableFuture.completedFuture(new CursorOutcome.Unwanted());
    }

    private boolean isWanted() {
        return !closed && ending.get() == null;
    }

    /** One that is not wanted is closed or ended already. */
    private void take(CursorOutcome outcome) {
        if (outcome instanceof CursorOutcome.Refused refused) {
            end(new PushListener.Ended.Refused(refused.refusal()));
        } else if (outcome instanceof CursorOutcome.Opened open) {
            cursor = open.cursor();
            if (released.get()) {
                end(open.cursor());
            }
        }
    }

    /** What may go well the next time is told as one reason, whichever of the steps it was. */
    private static TidelineException forNow(@Nullable Throwable failure) {
        @Nullable Throwable cause = failure == null ? null : Flow.unwrap(failure);
        return cause instanceof TidelineException known && !known.retryable()
                ? known
                : new StorageUnavailableException("a stream could not be opened", Map.of(), cause);
    }

    private boolean send(Optional<SyncPage> page) {
        failures = 0;
        if (page.isPresent()) {
            hinted = false;
            lastSentNanos = System.nanoTime();
            services.metrics().pages().mark();
            services.metrics()
                    .messages()
                    .mark(page.get().conversations().stream()
                            .mapToInt(c -> c.messages().size())
                            .sum());
            listener.page(page.get());
            return true;
        }
        if (!caughtUp) {
            caughtUp = true;
            listener.caughtUp();
        }
        return false;
    }

    private void hint(DeviceCursor open) {
        if (hinted) {
            return;
        }
        Set<ConversationId> waiting = open.waiting(MAX_HINTED);
        if (!waiting.isEmpty()) {
            hinted = true;
            services.metrics().hints().mark();
            listener.hint(waiting);
        }
    }

    private void beat() {
        if (heartbeatDue) {
            heartbeatDue = false;
            lastSentNanos = System.nanoTime();
            if (listener.isReady()) {
                listener.heartbeat();
            }
        }
    }

    private void retry(Throwable failure) {
        services.metrics().failures().mark();
        boolean retryable = failure instanceof TidelineException known && known.retryable();
        long now = System.nanoTime();
        if (failures++ == 0) {
            failingSinceNanos = now;
        }
        if (!retryable
                || now - failingSinceNanos > services.config().giveUpAfter().toNanos()) {
            end(new PushListener.Ended.Failed(
                    failure instanceof TidelineException known
                            ? known
                            : new StorageUnavailableException("push failed", Map.of(), failure)));
            return;
        }
        services.later(this::wake, services.config().firstRetry().multipliedBy(1L << Math.min(failures - 1, 6)));
    }

    /** Stores what was acknowledged. */
    void store() {
        @Nullable DeviceCursor open = cursor;
        if (open != null) {
            store(open);
        }
    }

    /** Sends a heartbeat if one is due. */
    void beatIfSilent() {
        if (System.nanoTime() - lastSentNanos >= services.config().heartbeat().toNanos()) {
            heartbeatDue = true;
            wake();
        }
    }

    private void store(DeviceCursor open) {
        Flow.listen(Flow.call(() -> open.store(deadline())), (done, failure) -> {
            if (failure != null) {
                // The cursor keeps it for the next time.
                services.metrics().failures().mark();
            }
        });
    }

    private void release() {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        @Nullable DeviceCursor open = cursor;
        if (open != null) {
            end(open);
        }
        services.ended(this);
    }

    private void end(DeviceCursor open) {
        Flow.listen(Flow.call(() -> open.end(deadline())), (done, failure) -> {
            if (failure != null) {
                services.metrics().failures().mark();
            }
        });
    }

    private Deadline deadline() {
        return Deadline.after(services.config().requestTimeout());
    }
}
