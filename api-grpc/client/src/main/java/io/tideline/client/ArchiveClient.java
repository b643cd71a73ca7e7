package io.tideline.client;

import io.grpc.MethodDescriptor;
import io.tideline.api.v1.ArchiveServiceGrpc;
import io.tideline.api.v1.ArchiveStatus;
import io.tideline.api.v1.CompactArchiveRequest;
import io.tideline.api.v1.ExpireArchiveRequest;
import io.tideline.api.v1.GetArchiveStatusRequest;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.VerifyArchiveRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Starts work on the archive's files, with the retries and failures of {@link TidelineClient}. What is started is followed
 * with {@link OperationsClient#await}. With an operation id a repeat finds the same operation, so starts with one are
 * repeated as often as needed.
 */
public final class ArchiveClient {
    private final CallContext context;

    ArchiveClient(CallContext context) {
        this.context = context;
    }

    public CompletableFuture<Operation> run(RunArchiveRequest request) {
        return start(ArchiveServiceGrpc.getRunArchiveMethod(), request, request.getOperationId());
    }

    public CompletableFuture<Operation> verify(VerifyArchiveRequest request) {
        return start(ArchiveServiceGrpc.getVerifyArchiveMethod(), request, request.getOperationId());
    }

    public CompletableFuture<Operation> restore(RestoreFromArchiveRequest request) {
        return start(ArchiveServiceGrpc.getRestoreFromArchiveMethod(), request, request.getOperationId());
    }

    public CompletableFuture<Operation> expire(ExpireArchiveRequest request) {
        return start(ArchiveServiceGrpc.getExpireArchiveMethod(), request, request.getOperationId());
    }

    public CompletableFuture<Operation> compact(CompactArchiveRequest request) {
        return start(ArchiveServiceGrpc.getCompactArchiveMethod(), request, request.getOperationId());
    }

    /** Says what the archive has. */
    public CompletableFuture<ArchiveStatus> status() {
        return context.unary(
                ArchiveServiceGrpc.getGetArchiveStatusMethod(),
                GetArchiveStatusRequest.getDefaultInstance(),
                Repeat.ALWAYS,
                Function.identity());
    }

    private <Q> CompletableFuture<Operation> start(MethodDescriptor<Q, Operation> method, Q request, String id) {
        return context.unary(
                method, request, id.isEmpty() ? Repeat.WHEN_NOTHING_DONE : Repeat.ALWAYS, Function.identity());
    }
}
