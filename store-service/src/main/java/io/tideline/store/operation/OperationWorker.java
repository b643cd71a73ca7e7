package io.tideline.store.operation;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationState;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.store.internal.Repetition;
import io.tideline.store.operation.OperationRegister.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on operations: takes those that wait, and those whose worker has died, when their lease has run out. However many
 * processes have one, each operation is worked on by one at a time, or by two of which one cannot write any more.
 *
 * <p>Works on the threads of the storage and of handlers; the executor starts runs, waits and scans. One lock guards the
 * runs; nothing is called under it.
 */
public final class OperationWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationWorker.class);
    private static final int SCAN_ROWS = 1000;

    private final OperationRegister register;
    private final OperationConfig config;
    private final InstantSource clock;
    private final Map<String, OperationHandler> handlers;
    private final ScheduledExecutorService executor;
    private final Object lock = new Object();
    /** Those that this process works on; a run is null while it is being taken. */
    private final Map<OperationId, Optional<OperationRun>> runs = new HashMap<>();

    private boolean closed;

    /** @param executor not blocked by the worker, and not closed by it */
    public OperationWorker(
            RecordStore records,
            OperationConfig config,
            InstantSource clock,
            Collection<? extends OperationHandler> handlers,
            ScheduledExecutorService executor) {
        this.register = new OperationRegister(records);
        this.config = config;
        this.clock = clock;
        this.handlers = OperationService.byKind(handlers);
        this.executor = executor;
    }

    /** Begins to look for operations, now and then again and again. */
    public void start() {
        execute(this::scanAndRepeat);
    }

    /** An operation was started: it is looked at at once. Returns at once. */
    public void due(OperationId id) {
        execute(() -> observed(
                "looking at an operation failed",
                register.find(id, deadline())
                        .thenCompose(found ->
                                found.isPresent() ? consider(found.get()) : CompletableFuture.completedFuture(null))));
    }

    /** Takes no further step. Leases run out, and others go on. */
    @Override
    public void close() {
        List<OperationRun> own;
        synchronized (lock) {
            closed = true;
            own = runs.values().stream().flatMap(Optional::stream).toList();
        }
        own.forEach(OperationRun::stop);
    }

    private void scanAndRepeat() {
        var unused = scan().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("looking for operations failed", failure);
            }
            schedule(this::scanAndRepeat, config.scanInterval());
        });
    }

    /** One look at all operations: takes what waits, as far as there is room, and forgets what is old. */
    public CompletableFuture<Void> scan() {
        OperationId[] last = new OperationId[1];
        return Repetition.whileMore(() -> register.page(Optional.ofNullable(last[0]), SCAN_ROWS, deadline())
                        .thenCompose(page -> {
                            List<Standing> found = page.found();
                            if (!found.isEmpty()) {
                                last[0] =
                                        found.get(found.size() - 1).operation().id();
                            }
                            return each(found).thenApply(done -> !page.complete() && !found.isEmpty());
                        }))
                .thenApply(done -> null);
    }

    private CompletableFuture<Void> each(List<Standing> found) {
        int[] at = {0};
        return Repetition.whileMore(() -> at[0] == found.size()
                        ? CompletableFuture.completedFuture(false)
                        : consider(found.get(at[0]++)).thenApply(done -> true))
                .thenApply(done -> null);
    }

    private CompletableFuture<Void> consider(Standing standing) {
        Operation operation = standing.operation();
        if (operation.state().isFinished()) {
            boolean old = operation.updated().plus(config.retention()).isBefore(clock.instant());
            return old ? register.forget(standing, deadline()) : CompletableFuture.completedFuture(null);
        }
        boolean held = operation.state() == OperationState.RUNNING
                && operation.claim().until().isAfter(clock.instant());
        @Nullable OperationHandler handler = handlers.get(operation.request().kind());
        if (held || handler == null || !reserve(operation.id())) {
            return CompletableFuture.completedFuture(null);
        }
        OperationRun run = new OperationRun(register, config, clock, handler, this::pause, standing);
        return run.take()
                .whenComplete((taken, failure) -> {
                    if (failure != null || !Boolean.TRUE.equals(taken)) {
                        leave(operation.id());
                    }
                })
                .thenAccept(taken -> {
                    if (taken) {
                        begin(operation.id(), run);
                    }
                });
    }

    private boolean reserve(OperationId id) {
        synchronized (lock) {
            if (closed || runs.containsKey(id) || runs.size() >= config.running()) {
                return false;
            }
            runs.put(id, Optional.empty());
            return true;
        }
    }

    private void leave(OperationId id) {
        synchronized (lock) {
            runs.remove(id);
        }
    }

    private void begin(OperationId id, OperationRun run) {
        synchronized (lock) {
            runs.put(id, Optional.of(run));
            if (closed) {
                run.stop();
            }
        }
        Duration third = config.leaseTime().dividedBy(3);
        @Nullable ScheduledFuture<?> renewals = renewEvery(third, run);
        execute(() -> {
            var unused = run.work()
                    .handle((done, failure) -> failure)
                    .thenCompose(failure -> ended(id, run, failure))
                    .whenComplete((done, failure) -> {
                        if (renewals != null) {
                            renewals.cancel(false);
                        }
                        leave(id);
                        lookForMore();
                    });
        });
    }

    private static CompletableFuture<Void> ended(OperationId id, OperationRun run, @Nullable Throwable failure) {
        if (failure == null) {
            return CompletableFuture.completedFuture(null);
        }
        Throwable cause = OperationRun.unwrap(failure);
        if (cause instanceof OperationRun.LeaseLostException) {
            LOG.info("work on an operation ends here operation={}", id);
        } else {
            LOG.warn("work on an operation broke off, another goes on operation={}", id, cause);
        }
        return run.isStopRequested() ? run.release() : CompletableFuture.completedFuture(null);
    }

    /** There is room for one more. */
    private void lookForMore() {
        execute(() -> observed("looking for operations failed", scan()));
    }

    private @Nullable ScheduledFuture<?> renewEvery(Duration period, OperationRun run) {
        try {
            return executor.scheduleAtFixedRate(
                    () -> observed("a lease could not be renewed", run.renew()),
                    period.toMillis(),
                    period.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The process is about to end; the operation is durable.
            return null;
        }
    }

    private static void observed(String what, CompletableFuture<Void> future) {
        var unused = future.whenComplete((done, failure) -> {
            if (failure != null && !(OperationRun.unwrap(failure) instanceof OperationRun.LeaseLostException)) {
                LOG.warn("{}", what, failure);
            }
        });
    }

    private CompletableFuture<Void> pause(Duration duration) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (duration.isZero()) {
            // On the executor, so that steps that are complete at once do not pile up on the stack.
            execute(() -> over.complete(null));
        } else {
            schedule(() -> over.complete(null), duration);
        }
        return over;
    }

    private Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // The process is about to end; operations are durable.
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task reports its own failures
    private void schedule(Runnable task, Duration delay) {
        try {
            executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The process is about to end; operations are durable.
        }
    }
}
