package io.tideline.tools.messaging;

import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes a message. */
@Command(
        name = "delete",
        description = "Deletes a message for all, or for the user alone.",
        footer = {
            "  tideline message delete 1k3v9m2x0w8 17 --as alice",
            "  tideline message delete 1k3v9m2x0w8 17 --as bob --only-for-me"
        })
public final class MessageDeleteCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final OneMessage message = new OneMessage();

    @Option(names = "--only-for-me", description = "Others keep it.")
    private boolean onlyForMe;

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .deleteMessage(DeleteMessageRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(message.conversationId)
                                    .setUser(message.user)
                                    .setSeq(message.seq)
                                    .setOnlyForMe(onlyForMe)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
