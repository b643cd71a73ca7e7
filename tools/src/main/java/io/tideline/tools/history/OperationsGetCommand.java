package io.tideline.tools.history;

import io.tideline.api.v1.GetOperationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows an operation with its report. */
@Command(
        name = "get",
        description = "Shows an operation with its report.",
        footer = {"  tideline operations get erase-0c9a4c1e"})
public final class OperationsGetCommand extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "The operation's.")
    private String id = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(OperationOutput.of(connection.await(client.operations()
                            .get(GetOperationRequest.newBuilder()
                                    .setOperationId(id)
                                    .build()))));
            return ExitCode.OK;
        }
    }
}
