package io.tideline.store.operation;

import io.tideline.core.error.TidelineException;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationState;
import io.tideline.core.store.Deadline;
import io.tideline.store.internal.Repetition;
import io.tideline.store.operation.OperationRegister.Standing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's work on one operation, from taking it to its end or to the loss of the lease.
 *
 * <p>Writes follow each other: each waits for the one before, so that renewals of the lease and ends of steps do not get
 * between each other's look and write. {@code current}, {@code version} and {@code reported} are guarded by this.
 */
final class OperationRun implements OperationHandler.Control {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRun.class);
    private static final int MAX_DOUBLINGS = 5;
    private static final int MAX_PROBLEM_CHARS = 500;

    /** Another process has the operation, or it is gone. */
    static final class LeaseLostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseLostException() {
            super("the lease of an operation was lost", null, false, false);
        }
    }

    /** Waits without holding a thread. */
    interface Pauses {
        CompletableFuture<Void> pause(Duration duration);
    }

    private final OperationRegister register;
    private final OperationConfig config;
    private final InstantSource clock;
    private final OperationHandler handler;
    private final Pauses pauses;
    private Operation current;
    private long version;
    private @Nullable OperationProgress reported;
    private CompletableFuture<?> writes = CompletableFuture.completedFuture(true);
    private volatile boolean stopping;
    private int failures;

    OperationRun(
            OperationRegister register,
            OperationConfig config,
            InstantSource clock,
            OperationHandler handler,
            Pauses pauses,
            Standing seen) {
        this.register = register;
        this.config = config;
        this.clock = clock;
        this.handler = handler;
        this.pauses = pauses;
        this.current = seen.operation();
        this.version = seen.version();
    }

    /** Takes the operation, if it still stands as it was seen. */
    CompletableFuture<Boolean> take() {
        Operation seen = current;
        Operation taken = seen.withState(OperationState.RUNNING, seen.problem())
                .withClaim(
                        seen.claim().taken(config.name(), clock.instant().plus(config.leaseTime())), clock.instant());
        return register.replace(taken, version, deadline()).thenApply(won -> {
            if (won) {
                adopt(taken, version + 1);
            }
            return won;
        });
    }

    private synchronized void adopt(Operation operation, long at) {
        current = operation;
        version = at;
    }

    private synchronized Operation current() {
        return current;
    }

    /** Steps until the end; fails when the lease is lost or the process stops. */
    CompletableFuture<Void> work() {
        return Repetition.whileMore(this::next).thenApply(done -> null);
    }

    /** Takes a step; answers whether there is another. */
    private CompletableFuture<Boolean> next() {
        if (stopping) {
            return CompletableFuture.failedFuture(new LeaseLostException());
        }
        Operation operation = current();
        if (operation.cancelRequested() && handler.cancellable()) {
            return last(write(now -> now.withState(OperationState.CANCELLED, "")));
        }
        return step(operation).thenCompose(this::outcome).exceptionallyCompose(failure -> failed(unwrap(failure)));
    }

    private CompletableFuture<OperationStep> step(Operation operation) {
        try {
            return handler.step(operation, this);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private CompletableFuture<Boolean> outcome(OperationStep step) {
        failures = 0;
        clearReported();
        if (step instanceof OperationStep.More more) {
            return write(now -> now.withStep(more.progress(), more.checkpoint(), more.report()))
                    .thenCompose(written -> pauses.pause(more.pause()))
                    .thenApply(paused -> true);
        }
        if (step instanceof OperationStep.Done done) {
            return last(write(now ->
                    now.withStep(done.progress(), Map.of(), done.report()).withState(OperationState.SUCCEEDED, "")));
        }
        OperationStep.Failed given = (OperationStep.Failed) step;
        return last(write(now -> now.withStep(now.progress(), now.checkpoint(), given.report())
                .withState(OperationState.FAILED, given.problem())));
    }

    private static CompletableFuture<Boolean> last(CompletableFuture<Void> written) {
        return written.thenApply(done -> false);
    }

    private CompletableFuture<Boolean> failed(Throwable failure) {
        if (failure instanceof LeaseLostException) {
            return CompletableFuture.failedFuture(failure);
        }
        if (failure instanceof TidelineException known && known.retryable()) {
            failures++;
            Duration pause = config.retryPause().multipliedBy(1L << Math.min(MAX_DOUBLINGS, failures - 1));
            LOG.warn(
                    "a step failed and is taken again operation={} failures={}",
                    current().id(),
                    failures,
                    failure);
            String problem = "tried again: " + known.reason();
            return write(now -> now.withState(OperationState.RUNNING, problem))
                    .handle((written, ignored) -> ignored)
                    .thenCompose(lost -> lost != null && unwrap(lost) instanceof LeaseLostException
                            ? CompletableFuture.failedFuture(unwrap(lost))
                            : pauses.pause(pause))
                    .thenApply(paused -> true);
        }
        LOG.error("a step failed operation={}", current().id(), failure);
        String problem = problem(failure);
        return last(write(now -> now.withState(OperationState.FAILED, problem)));
    }

    /** Ours hold no content in their texts; of others only the class is told. */
    private static String problem(Throwable failure) {
        if (failure instanceof TidelineException known) {
            String text = known.reason() + ": " + known.getMessage();
            return text.substring(0, Math.min(MAX_PROBLEM_CHARS, text.length()));
        }
        return failure.getClass().getSimpleName();
    }

    /** Prolongs the lease; what a long step has told goes with it. */
    CompletableFuture<Void> renew() {
        return write(now -> {
            @Nullable OperationProgress told = told();
            return told == null ? now : now.withProgress(told);
        });
    }

    private synchronized @Nullable OperationProgress told() {
        return reported;
    }

    private synchronized void clearReported() {
        reported = null;
    }

    @Override
    public synchronized void progress(OperationProgress progress) {
        reported = progress;
    }

    @Override
    public boolean isStopRequested() {
        return stopping || current().cancelRequested() && handler.cancellable();
    }

    void stop() {
        stopping = true;
    }

    /** Lets others take it at once. */
    CompletableFuture<Void> release() {
        return write(now -> now, clock.instant());
    }

    private CompletableFuture<Void> write(UnaryOperator<Operation> change) {
        return write(change, clock.instant().plus(config.leaseTime()));
    }

    private synchronized CompletableFuture<Void> write(UnaryOperator<Operation> change, Instant until) {
        CompletableFuture<Void> written =
                writes.handle((before, failure) -> true).thenCompose(before -> attempt(change, until));
        writes = written;
        return written;
    }

    private CompletableFuture<Void> attempt(UnaryOperator<Operation> change, Instant until) {
        Standing base = standing();
        if (base.operation().state().isFinished()) {
            return CompletableFuture.failedFuture(new LeaseLostException());
        }
        Operation changed = change.apply(base.operation());
        Operation next = changed.withClaim(changed.claim().prolonged(until), clock.instant());
        return register.replace(next, base.version(), deadline()).thenCompose(won -> {
            if (won) {
                adopt(next, base.version() + 1);
                return CompletableFuture.completedFuture(null);
            }
            return lookAgain().thenCompose(looked -> attempt(change, until));
        });
    }

    private synchronized Standing standing() {
        return new Standing(current, version);
    }

    /** Somebody has asked to cancel, or an own write whose answer got lost was done; or the lease is another's. */
    private CompletableFuture<Void> lookAgain() {
        long fence = current().claim().fence();
        return register.find(current().id(), deadline()).thenAccept(found -> {
            boolean own = found.isPresent() && found.get().operation().claim().fence() == fence;
            if (!own) {
                stopping = true;
                throw new LeaseLostException();
            }
            adopt(found.get().operation(), found.get().version());
        });
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }

    static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
