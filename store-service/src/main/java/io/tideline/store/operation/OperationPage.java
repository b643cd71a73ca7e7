package io.tideline.store.operation;

import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import java.util.List;
import java.util.Optional;

/**
 * One page of operations, in a stable order, not that of time.
 *
 * @param next the id to go on after; empty when this is the last page
 */
public record OperationPage(List<Operation> operations, Optional<OperationId> next) {
    public OperationPage {
        operations = List.copyOf(operations);
    }
}
