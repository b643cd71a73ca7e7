package io.tideline.tools.messaging;

import io.tideline.api.v1.Direction;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.client.PageCursor;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the messages of a conversation as one user sees them. */
@Command(
        name = "list",
        description = "Reads the messages of a conversation as one user sees them, with changes applied.",
        footer = {
            "  tideline message list 1k3v9m2x0w8 --as bob --backward --limit 10",
            "  tideline message list 1k3v9m2x0w8 --as bob --from 20 --to 29 -o jsonl",
            "",
            "Personal messages stand behind the one that they follow, with PERSONAL_SEQ set."
        })
public final class MessageListCommand extends ServerCommand {
    private static final int MAX_PAGE = 1_000;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who looks.")
    private String user = "";

    @Option(names = "--from", paramLabel = "SEQ", description = "First seq (default: the first, backward the last).")
    private @Nullable Long from;

    @Option(names = "--to", paramLabel = "SEQ", description = "Last seq, included.")
    private @Nullable Long to;

    @Option(names = "--backward", description = "From the newest to the oldest.")
    private boolean backward;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many messages (default: all).")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() {
        common.require(limit >= 1, "--limit: " + limit + " (expected: 1 or more)");
        DeviceOutput printer = new DeviceOutput(output, output.records(MessagingFields.MESSAGE_COLUMNS));
        try (TidelineClient client = connection.open()) {
            PageCursor<Message> messages = client.messaging().allMessages(request(), printer::gap);
            for (long left = limit;
                    left > 0 && messages.hasNext() && !output.out().checkError();
                    left--) {
                printer.message(messages.next());
            }
        }
        printer.end();
        return ExitCode.OK;
    }

    private ListMessagesRequest request() {
        ListMessagesRequest.Builder request = ListMessagesRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user)
                .setDirection(backward ? Direction.BACKWARD : Direction.FORWARD)
                .setPageSize((int) Math.min(limit, MAX_PAGE));
        if (from != null) {
            request.setFromSeq(from);
        }
        if (to != null) {
            request.setToSeq(to);
        }
        return request.build();
    }
}
