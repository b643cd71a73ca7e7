package io.tideline.api.server.operations;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
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
import io.tideline.store.erase.Erasures;
import io.tideline.store.operation.OperationService;
import java.util.concurrent.ScheduledExecutorService;

/** The methods of {@code tideline.v1.OperationsService}. Never blocks. */
public final class OperationsGrpcService extends OperationsServiceGrpc.OperationsServiceImplBase {
    private final UnaryMethod<StartOperationRequest, Operation> start;
    private final UnaryMethod<GetOperationRequest, Operation> get;
    private final UnaryMethod<ListOperationsRequest, ListOperationsResponse> list;
    private final UnaryMethod<CancelOperationRequest, Operation> cancel;
    private final UnaryMethod<WaitOperationRequest, Operation> await;
    private final UnaryMethod<ReapplyErasuresRequest, ReapplyErasuresResponse> reapply;

    /**
     * The service.
     *
     * @param timer wakes calls that wait
     */
    public OperationsGrpcService(
            OperationService service,
            Erasures erasures,
            ScheduledExecutorService timer,
            Statuses statuses,
            MetricRegistry registry) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Operations operations = new Operations(service, erasures, timer);
        this.start = calls.method(registry, "StartOperation", operations::start);
        this.get = calls.method(registry, "GetOperation", operations::get);
        this.list = calls.method(registry, "ListOperations", operations::list);
        this.cancel = calls.method(registry, "CancelOperation", operations::cancel);
        this.await = calls.method(registry, "WaitOperation", operations::await);
        this.reapply = calls.method(registry, "ReapplyErasures", operations::reapply);
    }

    @Override
    public void startOperation(StartOperationRequest request, StreamObserver<Operation> observer) {
        start.call(request, observer);
    }

    @Override
    public void getOperation(GetOperationRequest request, StreamObserver<Operation> observer) {
        get.call(request, observer);
    }

    @Override
    public void listOperations(ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
        list.call(request, observer);
    }

    @Override
    public void cancelOperation(CancelOperationRequest request, StreamObserver<Operation> observer) {
        cancel.call(request, observer);
    }

    @Override
    public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> observer) {
        await.call(request, observer);
    }

    @Override
    public void reapplyErasures(ReapplyErasuresRequest request, StreamObserver<ReapplyErasuresResponse> observer) {
        reapply.call(request, observer);
    }
}
