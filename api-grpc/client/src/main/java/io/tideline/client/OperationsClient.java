package io.tideline.client;

import io.tideline.api.v1.CancelOperationRequest;
import io.tideline.api.v1.GetOperationRequest;
import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.ListOperationsResponse;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OperationsServiceGrpc;
import io.tideline.api.v1.ReapplyErasuresRequest;
import io.tideline.api.v1.ReapplyErasuresResponse;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.WaitOperationRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Starts and follows long-running operations, with the retries and failures of {@link TidelineClient}. */
public final class OperationsClient {
    private final CallContext context;

    OperationsClient(CallContext context) {
        this.context = context;
    }

    /** Starts an operation. With an operation id a repeat finds the same one, so it is repeated as often as needed. */
    public CompletableFuture<Operation> start(StartOperationRequest request) {
        Repeat repeat = request.getOperationId().isEmpty() ? Repeat.WHEN_NOTHING_DONE : Repeat.ALWAYS;
        return context.unary(OperationsServiceGrpc.getStartOperationMethod(), request, repeat, Function.identity());
    }

    public CompletableFuture<Operation> get(GetOperationRequest request) {
        return context.unary(
                OperationsServiceGrpc.getGetOperationMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<ListOperationsResponse> list(ListOperationsRequest request) {
        return context.unary(
                OperationsServiceGrpc.getListOperationsMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<Operation> cancel(CancelOperationRequest request) {
        return context.unary(
                OperationsServiceGrpc.getCancelOperationMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** Completes when the operation has changed since it was seen, has ended, or after a while. */
    public CompletableFuture<Operation> await(WaitOperationRequest request) {
        return context.unary(
                OperationsServiceGrpc.getWaitOperationMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<ReapplyErasuresResponse> reapplyErasures(ReapplyErasuresRequest request) {
        return context.unary(
                OperationsServiceGrpc.getReapplyErasuresMethod(), request, Repeat.ALWAYS, Function.identity());
    }
}
