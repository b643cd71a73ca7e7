package io.tideline.client;

import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Pipelined requests that keep their order and survive their connection: what {@link AppendStream} and {@link SendStream}
 * have in common.
 *
 * <p>For maintainers: all state of the connection lives within {@code state}, a queue of tasks that one thread at a time
 * drains; no lock is held while futures are completed. A refusal half-closes the connection and waits for the answers of
 * what is on its way, so that nothing of the old connection can overtake what the next one sends.
 *
 * @param <Q> request of the stream
 * @param <A> answer of the stream
 * @param <R> receipt of one request
 */
final class Pipeline<Q, A, R> {
    private final CallContext context;
    private final PipelineContract<Q, A, R> contract;
    private final PipelineWindow window;
    private final Runnable closer = this::close;
    private final SynchronizationContext state;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean finishing;

    // Below: only within state.
    private ArrayDeque<PipelineItem<Q, R>> unsent = new ArrayDeque<>();
    private @Nullable PipelineConnection<Q, A, R> connection;
    private boolean waiting;
    private int attempts;
    private @Nullable TidelineCallException failure;

    private Pipeline(CallContext context, PipelineContract<Q, A, R> contract, int window) {
        this.context = context;
        this.contract = contract;
        this.window = new PipelineWindow(window);
        this.state = new SynchronizationContext((thread, thrown) -> fail(CallFailure.found(
                Status.Code.INTERNAL, TidelineCallException.CONTRACT_BROKEN, "The stream broke", thrown)));
    }

    static <Q, A, R> Pipeline<Q, A, R> open(CallContext context, PipelineContract<Q, A, R> contract, int window) {
        Pipeline<Q, A, R> stream = new Pipeline<>(context, contract, window);
        context.openCalls().atClose(stream.closer);
        return stream;
    }

    /** Sends a request that has its client message id. */
    CompletableFuture<R> send(Q request) {
        if (finishing) {
            return CompletableFuture.failedFuture(CallFailure.found(
                    Status.Code.FAILED_PRECONDITION,
                    TidelineCallException.CLIENT_CLOSED,
                    "The stream was ended",
                    null));
        }
        if (!window.tryEnter(contract.payloadBytes(request))) {
            return CompletableFuture.failedFuture(CallFailure.found(
                    Status.Code.RESOURCE_EXHAUSTED,
                    TidelineCallException.TOO_MANY_PENDING,
                    "Twice the window is unacknowledged: wait until the stream is ready",
                    null));
        }
        PipelineItem<Q, R> pending = new PipelineItem<>(
                request, contract.payloadBytes(request), context.timer().nanos());
        state.execute(() -> accept(pending));
        return pending.receipt;
    }

    boolean isReady() {
        return window.isReady();
    }

    void awaitReady() throws InterruptedException {
        window.awaitReady();
    }

    CompletableFuture<Void> finish() {
        finishing = true;
        state.execute(() -> {
            flush();
            finishWhenIdle();
        });
        return finished;
    }

    void close() {
        state.execute(() -> fail(CallFailure.closed()));
    }

    private void accept(PipelineItem<Q, R> pending) {
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
        PipelineConnection<Q, A, R> current = connection;
        if (current == null || current.isHalfClosed()) {
            return;
        }
        for (PipelineItem<Q, R> next = unsent.poll(); next != null; next = unsent.poll()) {
            current.send(next, context.timer().nanos());
        }
        if (finishing) {
            current.halfClose();
        }
        watchForStall(current);
    }

    private void connect() {
        attempts++;
        PipelineConnection<Q, A, R> opened = new PipelineConnection<>(this, state);
        connection = opened;
        opened.start(context, contract.method());
    }

    /** An answer of a connection; those of connections given up are too late. */
    void answered(PipelineConnection<Q, A, R> from, A response) {
        PipelineItem<Q, R> pending = from == connection ? from.pending(contract.requestIndex(response)) : null;
        if (from != connection) {
            return;
        }
        if (pending == null || !contract.answeredId(response).equals(contract.clientMessageId(pending.request))) {
            fail(CallFailure.found(
                    Status.Code.INTERNAL,
                    TidelineCallException.CONTRACT_BROKEN,
                    "The server answered what is not pending",
                    null));
            return;
        }
        R receipt = contract.receipt(response);
        if (receipt != null) {
            attempts = 0;
            from.remove(contract.requestIndex(response));
            settle(pending, receipt, null);
        } else {
            refused(from, response, pending);
        }
    }

    private void refused(PipelineConnection<Q, A, R> from, A response, PipelineItem<Q, R> pending) {
        TidelineCallException refusal = CallFailure.of(contract.error(response)).exception(null);
        if (refusal.retryable()) {
            from.refused(refusal);
        } else {
            from.remove(contract.requestIndex(response));
            settle(pending, null, refusal);
        }
    }

    /** The server is done with a connection: because of our half-close, or because it goes down. */
    void completed(PipelineConnection<Q, A, R> from) {
        TidelineCallException refusal = from.refusal();
        disconnected(
                from,
                refusal != null
                        ? refusal
                        : CallFailure.found(Status.Code.UNAVAILABLE, "", "The server ended the stream", null));
    }

    void disconnected(PipelineConnection<Q, A, R> from, TidelineCallException cause) {
        if (from != connection) {
            return;
        }
        if (!cause.retryable()) {
            fail(cause);
            return;
        }
        connection = null;
        ArrayDeque<PipelineItem<Q, R>> again = new ArrayDeque<>(from.unacknowledged());
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
        List<PipelineItem<Q, R>> old = new ArrayList<>();
        unsent.removeIf(pending -> !context.mayRepeat(pending.acceptedNanos, delay) && old.add(pending));
        old.forEach(pending -> settle(pending, null, cause));
    }

    private void resume() {
        waiting = false;
        flush();
    }

    /** One timer per connection looks whether the oldest answer is overdue: then the connection is given up. */
    private void watchForStall(PipelineConnection<Q, A, R> current) {
        PipelineItem<Q, R> oldest = current.oldest();
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
        List<PipelineItem<Q, R>> lost = new ArrayList<>();
        PipelineConnection<Q, A, R> current = connection;
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

    private void settle(PipelineItem<Q, R> pending, @Nullable R receipt, @Nullable TidelineCallException refusal) {
        window.leave(pending.bytes);
        if (receipt != null) {
            pending.receipt.complete(receipt);
        } else if (refusal != null) {
            pending.receipt.completeExceptionally(refusal);
        }
        finishWhenIdle();
    }

    private void finishWhenIdle() {
        PipelineConnection<Q, A, R> current = connection;
        boolean idle = unsent.isEmpty() && (current == null || current.oldest() == null);
        if (finishing && idle && failure == null && !finished.isDone()) {
            context.openCalls().forget(closer);
            window.end();
            finished.complete(null);
        }
    }
}
