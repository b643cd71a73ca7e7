package io.tideline.tools.messaging;

import io.tideline.api.v1.AddMembersRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds members to a conversation. */
@Command(
        name = "add",
        description = "Adds members to a conversation; who is one already is left as he is.",
        footer = {
            "  tideline members add 1k3v9m2x0w8 dave erin --as alice",
            "  tideline members add 1k3v9m2x0w8 dave --as dave     # follow a channel"
        })
public final class MembersAddCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "USER", description = "At most 10,000.")
    private List<String> users = List.of();

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who adds them.")
    private String user = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "follower, member, moderator or owner (default: member; in a channel follower).")
    private @Nullable RoleName role;

    @Override
    public Integer call() {
        AddMembersRequest.Builder request = AddMembersRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user)
                .addAllMembers(users);
        if (role != null) {
            request.setRole(role.wire());
        }
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(
                            connection.await(client.messaging().addMembers(request.build()))));
        }
        return ExitCode.OK;
    }
}
