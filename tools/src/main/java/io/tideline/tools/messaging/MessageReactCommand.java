package io.tideline.tools.messaging;

import io.tideline.api.v1.ReactRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reacts to a message. */
@Command(
        name = "react",
        description = "Adds one's reaction to a message, or takes it away.",
        footer = {
            "  tideline message react 1k3v9m2x0w8 17 +1 --as bob",
            "  tideline message react 1k3v9m2x0w8 17 +1 --as bob --remove"
        })
public final class MessageReactCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final OneMessage message = new OneMessage();

    @Parameters(index = "2", paramLabel = "REACTION", description = "1 to 64 bytes.")
    private String reaction = "";

    @Option(names = "--remove", description = "Takes it away.")
    private boolean remove;

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .react(ReactRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(message.conversationId)
                                    .setUser(message.user)
                                    .setSeq(message.seq)
                                    .setReaction(reaction)
                                    .setRemove(remove)
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
