package io.tideline.store.operation;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.AppId;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.operation.OperationRegister.Standing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Starts operations, and says how far they have come. An operation is durable once its start is answered; starting it again
 * with the same id and the same request is the same operation, whatever has become of it.
 *
 * <p>Futures fail and complete as those of {@link RecordStore}. Every call may be repeated as it is.
 */
public final class OperationService {
    /** The most operations of one page. */
    public static final int MAX_PAGE = 1000;

    private static final int MAX_TRIES = 32;

    private final OperationRegister register;
    private final InstantSource clock;
    private final Map<String, OperationHandler> handlers;
    private final Consumer<OperationId> due;

    /** @param due told after each start, on any thread; must not block, must not throw */
    public OperationService(
            RecordStore records,
            InstantSource clock,
            Collection<? extends OperationHandler> handlers,
            Consumer<OperationId> due) {
        this.register = new OperationRegister(records);
        this.clock = clock;
        this.handlers = byKind(handlers);
        this.due = due;
    }

    static Map<String, OperationHandler> byKind(Collection<? extends OperationHandler> handlers) {
        Map<String, OperationHandler> byKind = new HashMap<>();
        for (OperationHandler handler : handlers) {
            if (byKind.put(handler.kind(), handler) != null) {
                throw new IllegalArgumentException("handlers: two of " + handler.kind() + " (expected: one of each)");
            }
        }
        return Map.copyOf(byKind);
    }

    /**
     * Starts an operation, or finds the one that was started under this id.
     *
     * <p>Refusals: OPERATION_CONFLICT when the id was used for another request.
     *
     * @throws IllegalArgumentException when the request is none that can be carried out
     */
    public CompletableFuture<Outcome<Operation>> start(OperationId id, OperationRequest request, Deadline deadline) {
        handler(request).check(request);
        Operation wanted = Operation.pending(id, request, clock.instant());
        return register.replace(wanted, 0, deadline).thenCompose(created -> {
            if (created) {
                due.accept(id);
                return CompletableFuture.completedFuture(Outcome.done(wanted));
            }
            return get(id, deadline)
                    .thenApply(found -> found instanceof Outcome.Done<Operation> done
                                    && !done.value().request().equals(request)
                            ? Outcome.refused(Refusal.OPERATION_CONFLICT)
                            : found);
        });
    }

    /** Whether operations of this kind can be started here. */
    public boolean knows(String kind) {
        return handlers.containsKey(kind);
    }

    private OperationHandler handler(OperationRequest request) {
        @Nullable OperationHandler handler = handlers.get(request.kind());
        if (handler == null) {
            throw new IllegalArgumentException(
                    "kind: " + request.kind() + " (expected: one of " + handlers.keySet() + ")");
        }
        return handler;
    }

    /** Refusals: OPERATION_NOT_FOUND. */
    public CompletableFuture<Outcome<Operation>> get(OperationId id, Deadline deadline) {
        return register.find(id, deadline).thenApply(found -> found.map(Standing::operation)
                .map(Outcome::done)
                .orElseGet(() -> Outcome.refused(Refusal.OPERATION_NOT_FOUND)));
    }

    /**
     * One page.
     *
     * @param app only its operations; empty for all
     * @param after the id to go on after; empty to begin
     * @param limit 1 to {@value #MAX_PAGE}
     */
    public CompletableFuture<OperationPage> list(
            Optional<AppId> app, boolean unfinishedOnly, Optional<OperationId> after, int limit, Deadline deadline) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MAX_PAGE + ")");
        }
        Predicate<Operation> wanted =
                operation -> (app.isEmpty() || operation.request().app().equals(app))
                        && !(unfinishedOnly && operation.state().isFinished());
        return fill(wanted, after, limit, new ArrayList<>(), deadline);
    }

    private CompletableFuture<OperationPage> fill(
            Predicate<Operation> wanted,
            Optional<OperationId> after,
            int limit,
            List<Operation> found,
            Deadline deadline) {
        return register.page(after, MAX_PAGE, deadline).thenCompose(page -> {
            for (int i = 0; i < page.found().size(); i++) {
                Operation operation = page.found().get(i).operation();
                if (wanted.test(operation)) {
                    found.add(operation);
                }
                if (found.size() == limit) {
                    boolean last = page.complete() && i == page.found().size() - 1;
                    return CompletableFuture.completedFuture(
                            new OperationPage(found, last ? Optional.empty() : Optional.of(operation.id())));
                }
            }
            if (page.complete() || page.found().isEmpty()) {
                return CompletableFuture.completedFuture(new OperationPage(found, Optional.empty()));
            }
            OperationId last =
                    page.found().get(page.found().size() - 1).operation().id();
            return fill(wanted, Optional.of(last), limit, found, deadline);
        });
    }

    /**
     * Has an operation given up: at once when nobody has begun, else after the step that is being taken. A cancelled one
     * stays as it is.
     *
     * <p>Refusals: OPERATION_NOT_FOUND, OPERATION_FINISHED, OPERATION_NOT_CANCELLABLE.
     */
    public CompletableFuture<Outcome<Operation>> cancel(OperationId id, Deadline deadline) {
        return cancel(id, 0, deadline);
    }

    private CompletableFuture<Outcome<Operation>> cancel(OperationId id, int tries, Deadline deadline) {
        return register.find(id, deadline).thenCompose(found -> {
            if (found.isEmpty()) {
                return refused(Refusal.OPERATION_NOT_FOUND);
            }
            Operation operation = found.get().operation();
            boolean done = operation.state() == OperationState.CANCELLED || operation.cancelRequested();
            if (done) {
                return CompletableFuture.completedFuture(Outcome.done(operation));
            }
            if (operation.state().isFinished()) {
                return refused(Refusal.OPERATION_FINISHED);
            }
            @Nullable OperationHandler handler = handlers.get(operation.request().kind());
            boolean begun = operation.state() == OperationState.RUNNING;
            if (begun && handler != null && !handler.cancellable()) {
                return refused(Refusal.OPERATION_NOT_CANCELLABLE);
            }
            Operation next = begun
                    ? operation.withCancelRequested()
                    : operation.withCancelRequested().withState(OperationState.CANCELLED, "");
            Operation touched = next.withClaim(next.claim(), clock.instant());
            return register.replace(touched, found.get().version(), deadline).thenCompose(written -> {
                if (written) {
                    return CompletableFuture.completedFuture(Outcome.done(touched));
                }
                // Whoever works on it has just written; there is always a next look.
                return tries < MAX_TRIES ? cancel(id, tries + 1, deadline) : refused(Refusal.OPERATION_NOT_CANCELLABLE);
            });
        });
    }

    private static CompletableFuture<Outcome<Operation>> refused(Refusal reason) {
        return CompletableFuture.completedFuture(Outcome.refused(reason));
    }
}
