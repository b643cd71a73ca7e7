package io.tideline.api.server.archive;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.ArchiveServiceGrpc;
import io.tideline.api.v1.ArchiveStatus;
import io.tideline.api.v1.CompactArchiveRequest;
import io.tideline.api.v1.ExpireArchiveRequest;
import io.tideline.api.v1.GetArchiveStatusRequest;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.RestoreFromArchiveRequest;
import io.tideline.api.v1.RunArchiveRequest;
import io.tideline.api.v1.VerifyArchiveRequest;
import io.tideline.store.operation.OperationService;

/** The methods of {@code tideline.v1.ArchiveService}. Never blocks. */
public final class ArchiveGrpcService extends ArchiveServiceGrpc.ArchiveServiceImplBase {
    private final UnaryMethod<RunArchiveRequest, Operation> run;
    private final UnaryMethod<VerifyArchiveRequest, Operation> verify;
    private final UnaryMethod<RestoreFromArchiveRequest, Operation> restore;
    private final UnaryMethod<ExpireArchiveRequest, Operation> expire;
    private final UnaryMethod<CompactArchiveRequest, Operation> compact;
    private final UnaryMethod<GetArchiveStatusRequest, ArchiveStatus> status;

    public ArchiveGrpcService(ServerPorts ports, OperationService operations, Statuses statuses) {
        UnaryCalls calls = new UnaryCalls(statuses);
        MetricRegistry metrics = ports.metrics();
        ArchiveCalls archive = new ArchiveCalls(ports, operations);
        this.run = calls.method(metrics, "RunArchive", archive::run);
        this.verify = calls.method(metrics, "VerifyArchive", archive::verify);
        this.restore = calls.method(metrics, "RestoreFromArchive", archive::restore);
        this.expire = calls.method(metrics, "ExpireArchive", archive::expire);
        this.compact = calls.method(metrics, "CompactArchive", archive::compact);
        this.status = calls.method(metrics, "GetArchiveStatus", archive::status);
    }

    @Override
    public void runArchive(RunArchiveRequest request, StreamObserver<Operation> observer) {
        run.call(request, observer);
    }

    @Override
    public void verifyArchive(VerifyArchiveRequest request, StreamObserver<Operation> observer) {
        verify.call(request, observer);
    }

    @Override
    public void restoreFromArchive(RestoreFromArchiveRequest request, StreamObserver<Operation> observer) {
        restore.call(request, observer);
    }

    @Override
    public void expireArchive(ExpireArchiveRequest request, StreamObserver<Operation> observer) {
        expire.call(request, observer);
    }

    @Override
    public void compactArchive(CompactArchiveRequest request, StreamObserver<Operation> observer) {
        compact.call(request, observer);
    }

    @Override
    public void getArchiveStatus(GetArchiveStatusRequest request, StreamObserver<ArchiveStatus> observer) {
        status.call(request, observer);
    }
}
