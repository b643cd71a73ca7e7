package io.tideline.api.server.operations;

import com.google.protobuf.Timestamp;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.OperationResponses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.CancelOperationRequest;
import io.tideline.api.v1.GetOperationRequest;
import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.ListOperationsResponse;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.ReapplyErasuresRequest;
import io.tideline.api.v1.ReapplyErasuresResponse;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.store.erase.EraseRequests;
import io.tideline.store.erase.Erasures;
import io.tideline.store.operation.OperationService;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What the methods do. Operators of one app see and start what is of their app. */
final class Operations {
    private static final int DEFAULT_PAGE_SIZE = 100;
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final OperationService service;
    private final Erasures erasures;
    private final ScheduledExecutorService timer;

    Operations(OperationService service, Erasures erasures, ScheduledExecutorService timer) {
        this.service = service;
        this.erasures = erasures;
        this.timer = timer;
    }

    private static void requireOperator(Caller caller, String app) {
        if (app.isEmpty()) {
            caller.requireOperatorOfAll();
        } else {
            caller.requireOperator(app);
        }
    }

    CompletableFuture<Operation> start(StartOperationRequest request, Deadline deadline) {
        requireOperator(Caller.current(), OperationRequests.app(request));
        RequestFields fields = new RequestFields();
        OperationRequest wanted = OperationRequests.of(request, fields);
        OperationId id = fields.operationOrNew(request.getOperationId(), wanted.kind());
        return fields.whole(() -> service.start(id, wanted, deadline))
                .thenApply(Refusals::accepted)
                .thenApply(OperationResponses::operation);
    }

    CompletableFuture<Operation> get(GetOperationRequest request, Deadline deadline) {
        return find(request.getOperationId(), deadline).thenApply(OperationResponses::operation);
    }

    private CompletableFuture<io.tideline.core.operation.Operation> find(String id, Deadline deadline) {
        Caller caller = Caller.current();
        caller.requireOperator();
        RequestFields fields = new RequestFields();
        OperationId wanted = fields.operation(id);
        fields.check();
        return find(caller, wanted, deadline);
    }

    private CompletableFuture<io.tideline.core.operation.Operation> find(
            Caller caller, OperationId id, Deadline deadline) {
        return service.get(id, deadline).thenApply(Refusals::accepted).thenApply(found -> {
            requireOperator(caller, found.request().app().map(AppId::value).orElse(""));
            return found;
        });
    }

    CompletableFuture<ListOperationsResponse> list(ListOperationsRequest request, Deadline deadline) {
        requireOperator(Caller.current(), request.getApp());
        RequestFields fields = new RequestFields();
        Optional<AppId> app = request.getApp().isEmpty() ? Optional.empty() : Optional.of(fields.app(request.getApp()));
        int size = fields.number("page_size", request.getPageSize(), DEFAULT_PAGE_SIZE, OperationService.MAX_PAGE);
        String unfinished = Boolean.toString(request.getUnfinishedOnly());
        Optional<OperationId> after = fields.position(request.getPageToken(), token -> PageTokens.position(
                        Listing.OPERATIONS, token, request.getApp(), unfinished)
                .map(OperationId::new));
        fields.check();
        return service.list(app, request.getUnfinishedOnly(), after, size, deadline)
                .thenApply(page -> {
                    ListOperationsResponse.Builder response = ListOperationsResponse.newBuilder();
                    page.operations()
                            .forEach(operation -> response.addOperations(OperationResponses.operation(operation)));
                    page.next()
                            .map(next -> PageTokens.of(Listing.OPERATIONS, next.value(), request.getApp(), unfinished))
                            .ifPresent(response::setNextPageToken);
                    return response.build();
                });
    }

    CompletableFuture<Operation> cancel(CancelOperationRequest request, Deadline deadline) {
        return find(request.getOperationId(), deadline)
                .thenCompose(found -> service.cancel(found.id(), deadline))
                .thenApply(Refusals::accepted)
                .thenApply(OperationResponses::operation);
    }

    CompletableFuture<Operation> await(WaitOperationRequest request, Deadline deadline) {
        Caller caller = Caller.current();
        long until = System.nanoTime() + Math.min(LONGEST_WAIT_NANOS, deadline.remainingNanos() / 2);
        return find(request.getOperationId(), deadline)
                .thenCompose(found -> await(caller, found, request, until, deadline));
    }

    private CompletableFuture<Operation> await(
            Caller caller,
            io.tideline.core.operation.Operation found,
            WaitOperationRequest request,
            long until,
            Deadline deadline) {
        Timestamp updated = Responses.timestamp(found.updated());
        boolean news = !request.hasSeen() || !request.getSeen().equals(updated);
        long left = until - System.nanoTime();
        if (news || found.state().isFinished() || left <= 0) {
            return CompletableFuture.completedFuture(OperationResponses.operation(found));
        }
        return pause(Math.min(left, LOOK_EVERY_NANOS))
                .thenCompose(over -> find(caller, found.id(), deadline))
                .thenCompose(next -> await(caller, next, request, until, deadline));
    }

    private CompletableFuture<Boolean> pause(long nanos) {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        try {
            var unused = timer.schedule(() -> over.complete(true), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The server is about to end: it answers with what it has.
            over.complete(true);
        }
        return over;
    }

    CompletableFuture<ReapplyErasuresResponse> reapply(ReapplyErasuresRequest request, Deadline deadline) {
        Caller.current().requireOperator(request.getApp());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        OperationId occasion = fields.operation(request.getOccasion());
        if (!service.knows(EraseRequests.KIND)) {
            fields.add("app", "app: nothing can be erased here (expected: a server with tiers)");
        }
        fields.check();
        return erasures.reapply(service, app, occasion, deadline)
                .thenApply(started -> ReapplyErasuresResponse.newBuilder()
                        .addAllOperationIds(
                                started.stream().map(OperationId::value).toList())
                        .build());
    }
}
