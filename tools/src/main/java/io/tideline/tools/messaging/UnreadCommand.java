package io.tideline.tools.messaging;

import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Counts what a user has not read. */
@Command(
        name = "unread",
        description = "Counts what a user has not read: by conversation, and in all.",
        footer = {
            "  tideline unread --as bob",
            "  tideline unread --as bob --conversation 1k3v9m2x0w8 -o json",
            "  tideline unread --as bob --recount && echo exact",
            "",
            "With --recount the server also counts message by message; exit code 1 on a difference."
        })
public final class UnreadCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Whose.")
    private String user = "";

    @Option(names = "--conversation", paramLabel = "CONVERSATION", description = "Only this one.")
    private String conversationId = "";

    @Option(names = "--recount", description = "Counts again, message by message, and compares.")
    private boolean recount;

    @Override
    public Integer call() {
        common.require(!recount || conversationId.isEmpty(), "--recount is for all conversations of a user");
        try (TidelineClient client = connection.open()) {
            GetUnreadResponse unread = connection.await(client.messaging()
                    .getUnread(GetUnreadRequest.newBuilder()
                            .setApp(app.app())
                            .setUser(user)
                            .setConversationId(conversationId)
                            .setRecount(recount)
                            .build()));
            print(unread);
            return unread.getDifferencesCount() == 0 ? ExitCode.OK : ExitCode.NEGATIVE;
        }
    }

    private void print(GetUnreadResponse unread) {
        RecordWriter records = output.records(MessagingFields.UNREAD_COLUMNS);
        unread.getConversationsList().forEach(conversation -> records.write(MessagingFields.of(conversation)));
        if (output.format() == OutputFormat.table) {
            records.end();
            output.err()
                    .printf(
                            "tideline: %,d unread and %,d muted in %,d conversations%n",
                            unread.getTotal(), unread.getMutedTotal(), unread.getConversationCount());
        } else {
            records.write(new Fields()
                    .put("total", unread.getTotal())
                    .put("mutedTotal", unread.getMutedTotal())
                    .put("conversationCount", unread.getConversationCount()));
            unread.getDifferencesList().forEach(difference -> records.write(Differences.of(difference)));
            records.end();
        }
        if (recount && output.format() == OutputFormat.table) {
            Differences.tell(unread.getDifferencesList(), output.err());
        }
        output.err().flush();
    }
}
