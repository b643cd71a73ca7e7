package io.tideline.api.server.wiring;

import io.grpc.BindableService;
import io.micronaut.context.annotation.Factory;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.archive.ArchiveGrpcService;
import io.tideline.api.server.status.Statuses;
import io.tideline.store.operation.OperationService;
import jakarta.inject.Named;
import jakarta.inject.Singleton;

/** Makes the service of the archive, which says so when there is none. */
@Factory
final class ArchiveFactory {
    @Singleton
    @Named("archive")
    BindableService archive(ServerPorts ports, OperationService operations, Statuses statuses) {
        return new ArchiveGrpcService(ports, operations, statuses);
    }
}
