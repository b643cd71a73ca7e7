package io.tideline.tools.messaging;

import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListFanoutResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what is still to be brought to inboxes. */
@Command(
        name = "fanout",
        description = "Lists conversations whose messages or members are still being brought to inboxes.",
        footer = {
            "  tideline fanout",
            "  tideline fanout --idle && echo 'nothing pending'",
            "",
            "OWNER is the server that works on it; SINCE is when the oldest pending entry was sent."
        })
public final class FanoutCommand extends ServerCommand {
    private static final int PAGE = 1_000;

    @Option(names = "--idle", description = "Exit code 1 when anything is pending.")
    private boolean idle;

    @Override
    public Integer call() {
        RecordWriter records = output.records(MessagingFields.FANOUT_COLUMNS);
        long pending = 0;
        try (TidelineClient client = connection.open()) {
            String token = "";
            do {
                ListFanoutResponse page = connection.await(client.operator()
                        .listFanout(ListFanoutRequest.newBuilder()
                                .setPageSize(PAGE)
                                .setPageToken(token)
                                .build()));
                page.getTasksList().forEach(task -> records.write(MessagingFields.of(task)));
                pending += page.getTasksCount();
                records.flush();
                token = page.getNextPageToken();
            } while (!token.isEmpty() && !output.out().checkError());
        }
        records.end();
        return idle && pending > 0 ? ExitCode.NEGATIVE : ExitCode.OK;
    }
}
