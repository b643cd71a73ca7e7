package io.tideline.api.server.wiring;

import io.grpc.BindableService;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.tideline.api.server.HistoryPorts;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.TidelineServerConfig;
import io.tideline.api.server.archive.TimedArchive;
import io.tideline.api.server.history.HistoryGrpcService;
import io.tideline.api.server.operations.OperationsGrpcService;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.wiring.MessagingFactory.ProcessName;
import io.tideline.store.StorePorts;
import io.tideline.store.archive.ArchiveHandler;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.erase.EraseHandler;
import io.tideline.store.erase.Erasures;
import io.tideline.store.export.ExportHandler;
import io.tideline.store.history.HistoryService;
import io.tideline.store.operation.OperationConfig;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationService;
import io.tideline.store.operation.OperationWorker;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Makes the services of history, and what works on long-running operations. */
@Factory
final class HistoryFactory {
    /** Blocks while exports are written; as many at a time as operations run. */
    @Singleton
    @Bean(preDestroy = "shutdownNow")
    @Named("export-files")
    ExecutorService exportFiles() {
        return Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "tideline-export");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The handlers of one server. */
    record Handlers(List<OperationHandler> all) {}

    @Singleton
    Handlers handlers(
            ServerPorts ports,
            StorePorts store,
            TidelineServerConfig config,
            @Named("export-files") ExecutorService files) {
        HistoryPorts history = ports.history();
        List<OperationHandler> all = new ArrayList<>(history.handlers());
        all.add(new ExportHandler(store, history.exportDirectory(), history.exportFormats(), files));
        history.erase().ifPresent(tiers -> {
            ConversationService conversations = new ConversationService(
                    store, app -> config.messaging().of(app).conversations());
            all.add(new EraseHandler(store, tiers, conversations, history.eraseConfig()));
        });
        history.archive()
                .map(archive -> new TimedArchive(archive, ports.metrics(), System::nanoTime))
                .ifPresent(archive -> all.add(new ArchiveHandler(archive)));
        return new Handlers(all);
    }

    @Singleton
    @Bean(preDestroy = "close")
    OperationWorker worker(
            ServerPorts ports,
            ProcessName name,
            Handlers handlers,
            @Named("messaging") ScheduledExecutorService timer) {
        OperationWorker worker = new OperationWorker(
                ports.messaging().records(),
                OperationConfig.named(name.value(), ports.history().operationLease()),
                InstantSource.system(),
                handlers.all(),
                timer);
        worker.start();
        return worker;
    }

    @Singleton
    OperationService operationService(ServerPorts ports, Handlers handlers, OperationWorker worker) {
        return new OperationService(ports.messaging().records(), InstantSource.system(), handlers.all(), worker::due);
    }

    @Singleton
    @Named("history")
    BindableService history(StorePorts store, ServerPorts ports, Statuses statuses) {
        return new HistoryGrpcService(new HistoryService(store), ports, statuses);
    }

    @Singleton
    @Named("operations")
    BindableService operations(
            ServerPorts ports,
            OperationService service,
            @Named("messaging") ScheduledExecutorService timer,
            Statuses statuses) {
        return new OperationsGrpcService(
                service, new Erasures(ports.messaging().records()), timer, statuses, ports.metrics());
    }
}
