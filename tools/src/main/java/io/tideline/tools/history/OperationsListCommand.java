package io.tideline.tools.history;

import io.tideline.api.v1.ListOperationsRequest;
import io.tideline.api.v1.ListOperationsResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists operations. */
@Command(
        name = "list",
        description = "Lists operations; finished ones are kept for 30 days.",
        footer = {"  tideline operations list --unfinished", "  tideline operations list --app shop -o jsonl"})
public final class OperationsListCommand extends ServerCommand {
    private static final int PAGE = 1_000;

    @Option(names = "--app", paramLabel = "APP", description = "Only those of this app (default: all).")
    private String app = "";

    @Option(names = "--unfinished", description = "Leaves out those that have ended.")
    private boolean unfinished;

    @Override
    public Integer call() {
        RecordWriter records = output.records(OperationOutput.COLUMNS);
        try (TidelineClient client = connection.open()) {
            String token = "";
            do {
                ListOperationsResponse page = connection.await(client.operations()
                        .list(ListOperationsRequest.newBuilder()
                                .setApp(app)
                                .setUnfinishedOnly(unfinished)
                                .setPageSize(PAGE)
                                .setPageToken(token)
                                .build()));
                page.getOperationsList().forEach(operation -> records.write(OperationOutput.of(operation)));
                records.flush();
                token = page.getNextPageToken();
            } while (!token.isEmpty() && !output.out().checkError());
        }
        records.end();
        return ExitCode.OK;
    }
}
