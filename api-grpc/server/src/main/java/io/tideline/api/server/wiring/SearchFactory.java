package io.tideline.api.server.wiring;

import io.grpc.BindableService;
import io.micronaut.context.annotation.Factory;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.search.SearchGrpcService;
import io.tideline.api.server.status.Statuses;
import jakarta.inject.Named;
import jakarta.inject.Singleton;

/** Makes the service of search. */
@Factory
final class SearchFactory {
    @Singleton
    @Named("search")
    BindableService search(ServerPorts ports, Statuses statuses) {
        return new SearchGrpcService(ports, statuses);
    }
}
