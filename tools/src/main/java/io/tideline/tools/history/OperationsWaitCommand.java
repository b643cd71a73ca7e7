package io.tideline.tools.history;

import io.tideline.api.v1.GetOperationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Waits for the end of an operation and shows how far it is; exit code 1 unless it succeeds. */
@Command(
        name = "wait",
        description = "Waits for the end of an operation and shows how far it is; exit code 1 unless it succeeds.",
        footer = {"  tideline operations wait erase-0c9a4c1e"})
public final class OperationsWaitCommand extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "The operation's.")
    private String id = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            return new OperationFollower(connection, output)
                    .follow(
                            client,
                            connection.await(client.operations()
                                    .get(GetOperationRequest.newBuilder()
                                            .setOperationId(id)
                                            .build())));
        }
    }
}
