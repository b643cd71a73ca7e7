package io.tideline.tools.messaging;

import io.tideline.api.v1.DissolveConversationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a conversation; its history stays. */
@Command(
        name = "dissolve",
        description = "Ends a conversation for its owner: nobody may send, join or leave any more; history stays.",
        footer = {"  tideline conversations dissolve 1k3v9m2x0w8 --as alice"})
public final class ConversationDissolveCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who ends it.")
    private String user = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .dissolveConversation(DissolveConversationRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(conversationId)
                                    .setUser(user)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
