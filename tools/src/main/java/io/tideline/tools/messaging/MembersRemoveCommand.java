package io.tideline.tools.messaging;

import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a member of a conversation, or lets him leave. */
@Command(
        name = "remove",
        description = "Removes a member of a lower role; oneself to leave.",
        footer = {
            "  tideline members remove 1k3v9m2x0w8 dave --as alice",
            "  tideline members remove 1k3v9m2x0w8 dave --as dave  # leave"
        })
public final class MembersRemoveCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1", paramLabel = "USER", description = "Who goes.")
    private String member = "";

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who removes.")
    private String user = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .removeMember(RemoveMemberRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(conversationId)
                                    .setUser(user)
                                    .setMember(member)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
