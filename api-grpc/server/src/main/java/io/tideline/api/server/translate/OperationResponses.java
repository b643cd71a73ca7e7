package io.tideline.api.server.translate;

import io.tideline.api.v1.Operation;
import io.tideline.core.timeline.AppId;

/** Operations as messages of the contract. */
public final class OperationResponses {
    private OperationResponses() {}

    /** An operation as callers see it: everything but its checkpoint. */
    public static Operation operation(io.tideline.core.operation.Operation operation) {
        return Operation.newBuilder()
                .setId(operation.id().value())
                .setKind(operation.request().kind())
                .setApp(operation.request().app().map(AppId::value).orElse(""))
                .putAllFields(operation.request().fields())
                .setState(state(operation))
                .setCancelRequested(operation.cancelRequested())
                .setStage(operation.progress().stage())
                .setDone(operation.progress().done())
                .setTotal(operation.progress().total())
                .putAllReport(operation.report())
                .setProblem(operation.problem())
                .setHolder(operation.claim().holder())
                .setCreateTime(Responses.timestamp(operation.created()))
                .setUpdateTime(Responses.timestamp(operation.updated()))
                .build();
    }

    private static Operation.State state(io.tideline.core.operation.Operation operation) {
        return switch (operation.state()) {
            case PENDING -> Operation.State.PENDING;
            case RUNNING -> Operation.State.RUNNING;
            case SUCCEEDED -> Operation.State.SUCCEEDED;
            case FAILED -> Operation.State.FAILED;
            case CANCELLED -> Operation.State.CANCELLED;
        };
    }
}
