package io.tideline.tools.messaging;

import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Takes a message back. */
@Command(
        name = "recall",
        description = "Takes a message back: one's own within the app's window, as a moderator any.",
        footer = {"  tideline message recall 1k3v9m2x0w8 17 --as alice"})
public final class MessageRecallCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final OneMessage message = new OneMessage();

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .recallMessage(RecallMessageRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(message.conversationId)
                                    .setUser(message.user)
                                    .setSeq(message.seq)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
