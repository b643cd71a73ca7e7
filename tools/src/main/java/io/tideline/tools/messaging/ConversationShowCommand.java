package io.tideline.tools.messaging;

import io.tideline.api.v1.GetConversationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a conversation is. */
@Command(
        name = "show",
        description = "Shows what a conversation is.",
        footer = {
            "  tideline conversations show 1k3v9m2x0w8",
            "  tideline conversations show 1k3v9m2x0w8 --as bob -o json"
        })
public final class ConversationShowCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Option(names = "--as", paramLabel = "USER", description = "Who asks (default: a service).")
    private String user = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .getConversation(GetConversationRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(conversationId)
                                    .setUser(user)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
