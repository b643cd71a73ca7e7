package io.tideline.tools.messaging;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a message another text. */
@Command(
        name = "edit",
        description = "Gives one's own message another text, within the app's window.",
        footer = {"  tideline message edit 1k3v9m2x0w8 17 'Good evening' --as alice"})
public final class MessageEditCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Mixin
    private final OneMessage message = new OneMessage();

    @Parameters(index = "2", paramLabel = "TEXT", description = "What it says from now on.")
    private String text = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            defaultValue = "text",
            description = "What the payload is (default: ${DEFAULT-VALUE}).")
    private String kind = "text";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .editMessage(EditMessageRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(message.conversationId)
                                    .setUser(message.user)
                                    .setSeq(message.seq)
                                    .setKind(kind)
                                    .setPayload(ByteString.copyFromUtf8(text))
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
