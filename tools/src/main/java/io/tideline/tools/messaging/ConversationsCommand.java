package io.tideline.tools.messaging;

import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListConversationsResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the conversations of a user; its subcommands create, show, change and dissolve one. */
@Command(
        name = "conversations",
        description = "Lists the conversations of a user; creates, shows, changes and dissolves one.",
        subcommands = {
            ConversationCreateCommand.class,
            ConversationShowCommand.class,
            ConversationUpdateCommand.class,
            ConversationDissolveCommand.class
        },
        footer = {
            "  tideline conversations --as alice",
            "  tideline conversations create --as alice --members bob,carol",
            "  tideline conversations show 1k3v9m2x0w8"
        })
public final class ConversationsCommand extends ServerCommand {
    private static final int MAX_PAGE = 500;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Option(names = "--as", paramLabel = "USER", description = "Whose conversations.")
    private String user = "";

    @Option(names = "--limit", paramLabel = "N", description = "The most recent ones only (default: all).")
    private long limit = Long.MAX_VALUE;

    @Override
    public Integer call() {
        common.require(!user.isEmpty(), "--as USER: whose conversations?");
        common.require(limit >= 1, "--limit: " + limit + " (expected: 1 or more)");
        RecordWriter records = output.records(MessagingFields.USER_CONVERSATION_COLUMNS);
        try (TidelineClient client = connection.open()) {
            long left = limit;
            String token = "";
            do {
                ListConversationsResponse page = connection.await(client.messaging()
                        .listConversations(ListConversationsRequest.newBuilder()
                                .setApp(app.app())
                                .setUser(user)
                                .setPageSize((int) Math.min(left, MAX_PAGE))
                                .setPageToken(token)
                                .build()));
                page.getConversationsList().forEach(listed -> records.write(MessagingFields.of(listed)));
                records.flush();
                left -= page.getConversationsCount();
                token = page.getNextPageToken();
            } while (left > 0 && !token.isEmpty() && !output.out().checkError());
        }
        records.end();
        return ExitCode.OK;
    }
}
