package io.tideline.tools.history;

import io.tideline.api.v1.CancelOperationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Has an operation given up, after the step that is being taken. */
@Command(
        name = "cancel",
        description = "Has an operation given up, after the step that is being taken.",
        footer = {"  tideline operations cancel erase-0c9a4c1e"})
public final class OperationsCancelCommand extends ServerCommand {
    @Parameters(paramLabel = "ID", description = "The operation's.")
    private String id = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(OperationOutput.of(connection.await(client.operations()
                            .cancel(CancelOperationRequest.newBuilder()
                                    .setOperationId(id)
                                    .build()))));
            return ExitCode.OK;
        }
    }
}
