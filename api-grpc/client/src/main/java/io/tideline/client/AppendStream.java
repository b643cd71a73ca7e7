package io.tideline.client;

import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pipelined appends that survive their connection. Safe for use by many threads; entries are sent in the order in which
 * {@link #append} was called, and those of one timeline are committed in that order.
 *
 * <p>When the connection breaks, or the server refuses an entry for now, everything unacknowledged is sent again in the
 * original order with the same client message ids: each entry is stored once. An entry fails when it is older than
 * {@link TidelineClientConfig#retryFor()} and its attempt failed, or when the server refuses it for good; the stream goes
 * on with the others.
 *
 * <p>One thing cannot be promised: when the server refuses an entry for now ({@code OVERLOADED},
 * {@code STORAGE_UNAVAILABLE}) after later entries of the same timeline were sent, it may have committed those, and the
 * refused one is then stored after them. Receipts tell, as seqs do not rise in the order of the calls. Entries that must
 * keep their order even then belong into one {@link TidelineClient#append}, or wait for the receipt before.
 *
 * <p>For maintainers: all state of the connection lives within {@code state}, a queue of tasks that one thread at a time
 * drains; no lock is held while futures are completed. A refusal half-closes the connection and waits for the answers of
 * what is on its way, so that nothing of the old connection can overtake what the next one sends.
 */
public final class AppendStream implements AutoCloseable {
    private final CallContext context;
    private final ClientMessageIds ids;
    private final AppendWindow window;
    private final Runnable closer = this::close;
    private final SynchronizationContext state;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean finishing;

    // Below: only within state.
    private ArrayDeque<PendingAppend> unsent = new ArrayDeque<>();
    private @Nullable AppendConnection connection;
    private boolean waiting;
    private int attempts;
    private @Nullable TidelineCallException failure;

    private AppendStream(CallContext context, ClientMessageIds ids, int window) {
        this.context = context;
        this.ids = ids;
        this.window = new AppendWindow(window);
        this.state = new SynchronizationContext((thread, thrown) -> fail(CallFailure.found(
                Status.Code.INTERNAL, TidelineCallException.CONTRACT_BROKEN, "The stream broke", thrown)));
    }

    static AppendStream open(CallContext context, ClientMessageIds ids, int window) {
        AppendStream stream = new AppendStream(context, ids, window);
        context.openCalls().atClose(stream.closer);
        return stream;
    }

    /**
     * Sends an entry; one without a client message id gets one. Never blocks: beyond twice the window, or 32 MiB of
     * payload, unacknowledged, the future fails with {@code TOO_MANY_PENDING} and nothing is sent. The future is
     * completed on a thread of the client, or on one that is just then within a method of this stream.
     */
    public CompletableFuture<Receipt> append(TimelineName timeline, NewEntry entry) {
        if (finishing) {
            return CompletableFuture.failedFuture(CallFailure.found(
                    Status.Code.FAILED_PRECONDITION,
                    TidelineCallException.CLIENT_CLOSED,
                    "The stream was ended",
                    null));
        }
        if (!window.tryEnter(entry.getPayload().size())) {
            return CompletableFuture.failedFuture(CallFailure.found(
                    Status.Code.RESOURCE_EXHAUSTED,
                    TidelineCallException.TOO_MANY_PENDING,
                    "Twice the window is unacknowledged: wait until the stream is ready",
                    null));
        }
        var request = AppendStreamRequest.newBuilder().setTimeline(timeline).setEntry(ids.identified(entry));
        PendingAppend pending =
                new PendingAppend(request.build(), context.timer().nanos());
        state.execute(() -> accept(pending));
        return pending.receipt;
    }

    /** Whether less than the window (entries, or 16 MiB of payload) is unacknowledged. */
    public boolean isReady() {
        return window.isReady();
    }

    /** Blocks until the stream is ready or over. Not for callbacks: they would wait for themselves. */
    public void awaitReady() throws InterruptedException {
        window.awaitReady();
    }

    /**
     * Takes no more entries. The answer completes when each entry was acknowledged or has failed, and fails when the
     * stream did.
     */
    public CompletableFuture<Void> finish() {
        finishing = true;
        state.execute(() -> {
            flush();
            finishWhenIdle();
        });
        return finished;
    }

    /** Ends the stream now: what is unacknowledged fails with {@code CLIENT_CLOSED} and may or may not be stored. */
    @Override
    public void close() {
        state.execute(() -> fail(CallFailure.closed()));
    }

    private void accept(PendingAppend pending) {
        TidelineCallException failed = failure;
        if (failed != null) {
            settle(pending, null, failed);
            return;
        }
        unsent.add(pending);
        flush();
    }

    /** Sends what may be sent now. */
    private void flush() {
        if (failure != null || waiting) {
            return;
        }
        if (connection == null && !unsent.isEmpty()) {
            connect();
        }
        AppendConnection current = connection;
        if (current == null || current.isHalfClosed()) {
            return;
        }
        for (PendingAppend next = unsent.poll(); next != null; next = unsent.poll()) {
            current.send(next, context.timer().nanos());
        }
        if (finishing) {
            current.halfClose();
        }
        watchForStall(current);
    }

    private void connect() {
        attempts++;
        AppendConnection opened = new AppendConnection(this, state);
        connection = opened;
        opened.start(context);
    }

    /** An answer of a connection; those of connections given up are too late. */
    void answered(AppendConnection from, AppendStreamResponse response) {
        PendingAppend pending = from == connection ? from.pending(response.getRequestIndex()) : null;
        if (from != connection) {
            return;
        }
        if (pending == null
                || !response.getClientMessageId()
                        .equals(pending.request.getEntry().getClientMessageId())) {
            fail(CallFailure.found(
                    Status.Code.INTERNAL,
                    TidelineCallException.CONTRACT_BROKEN,
                    "The server answered an entry that is not pending",
                    null));
        } else if (response.hasReceipt()) {
            attempts = 0;
            from.remove(response.getRequestIndex());
            settle(pending, response.getReceipt(), null);
        } else {
            refused(from, response, pending);
        }
    }

    private void refused(AppendConnection from, AppendStreamResponse response, PendingAppend pending) {
        TidelineCallException refusal = CallFailure.of(response.getError()).exception(null);
        if (refusal.retryable()) {
            from.refused(refusal);
        } else {
            from.remove(response.getRequestIndex());
            settle(pending, null, refusal);
        }
    }

    /** The server is done with a connection: because of our half-close, or because it goes down. */
    void completed(AppendConnection from) {
        TidelineCallException refusal = from.refusal();
        disconnected(
                from,
                refusal != null
                        ? refusal
                        : CallFailure.found(Status.Code.UNAVAILABLE, "", "The server ended the stream", null));
    }

    void disconnected(AppendConnection from, TidelineCallException cause) {
        if (from != connection) {
            return;
        }
        if (!cause.retryable()) {
            fail(cause);
            return;
        }
        connection = null;
        ArrayDeque<PendingAppend> again = new ArrayDeque<>(from.unacknowledged());
        again.addAll(unsent);
        unsent = again;
        Duration delay = context.backoff().afterAttempt(Math.max(1, attempts), cause.failure());
        giveUpOld(cause, delay);
        if (!unsent.isEmpty()) {
            waiting = true;
            context.timer().schedule(delay, () -> state.execute(this::resume));
        }
        finishWhenIdle();
    }

    /** Fails the entries that would be too old at the next attempt. */
    private void giveUpOld(TidelineCallException cause, Duration delay) {
        List<PendingAppend> old = new ArrayList<>();
        unsent.removeIf(pending -> !context.mayRepeat(pending.acceptedNanos, delay) && old.add(pending));
        old.forEach(pending -> settle(pending, null, cause));
    }

    private void resume() {
        waiting = false;
        flush();
    }

    /** One timer per connection looks whether the oldest answer is overdue: then the connection is given up. */
    private void watchForStall(AppendConnection current) {
        PendingAppend oldest = current.oldest();
        if (oldest == null || current.stallTimerRuns()) {
            return;
        }
        long age = context.timer().nanos() - oldest.sentNanos;
        Duration left = context.config().callTimeout().minusNanos(age);
        if (left.isNegative() || left.isZero()) {
            current.cancel("An answer is overdue");
            disconnected(
                    current,
                    CallFailure.found(Status.Code.DEADLINE_EXCEEDED, "", "The stream got no answer in time", null));
            return;
        }
        current.stallTimerRuns(true);
        context.timer()
                .schedule(
                        left,
                        () -> state.execute(() -> {
                            current.stallTimerRuns(false);
                            if (current == connection) {
                                watchForStall(current);
                            }
                        }));
    }

    private void fail(TidelineCallException cause) {
        if (failure != null || finished.isDone()) {
            return;
        }
        finishing = true;
        failure = cause;
        context.openCalls().forget(closer);
        List<PendingAppend> lost = new ArrayList<>();
        AppendConnection current = connection;
        if (current != null) {
            lost.addAll(current.unacknowledged());
            current.cancel("The stream is over");
            connection = null;
        }
        lost.addAll(unsent);
        unsent.clear();
        lost.forEach(pending -> settle(pending, null, cause));
        window.end();
        finished.completeExceptionally(cause);
    }

    private void settle(PendingAppend pending, @Nullable Receipt receipt, @Nullable TidelineCallException refusal) {
        window.leave(pending.bytes());
        if (receipt != null) {
            pending.receipt.complete(receipt);
        } else if (refusal != null) {
            pending.receipt.completeExceptionally(refusal);
        }
        finishWhenIdle();
    }

    private void finishWhenIdle() {
        AppendConnection current = connection;
        boolean idle = unsent.isEmpty() && (current == null || current.oldest() == null);
        if (finishing && idle && failure == null && !finished.isDone()) {
            context.openCalls().forget(closer);
            window.end();
            finished.complete(null);
        }
    }
}
