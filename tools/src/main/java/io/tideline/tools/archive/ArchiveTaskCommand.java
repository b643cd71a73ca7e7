package io.tideline.tools.archive;

import io.tideline.api.v1.Operation;
import io.tideline.client.ArchiveClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.history.OperationFollower;
import io.tideline.tools.history.StartOptions;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Mixin;

/** What commands have in common that start a task of the archive. */
abstract class ArchiveTaskCommand extends ServerCommand {
    @Mixin
    private final StartOptions start = new StartOptions();

    /** Starts it under this id. */
    abstract CompletableFuture<Operation> start(ArchiveClient archive, String id);

    @Override
    public final Integer call() {
        try (TidelineClient client = connection.open()) {
            Operation started = connection.await(start(client.archive(), start.id("archive")));
            return new OperationFollower(connection, output).begun(client, started, start.waits());
        }
    }
}
