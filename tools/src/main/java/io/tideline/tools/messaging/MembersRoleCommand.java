package io.tideline.tools.messaging;

import io.tideline.api.v1.SetMemberRoleRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a member another role. */
@Command(
        name = "role",
        description = "Gives a member another role; for owners.",
        footer = {"  tideline members role 1k3v9m2x0w8 bob moderator --as alice"})
public final class MembersRoleCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1", paramLabel = "USER", description = "Who gets it.")
    private String member = "";

    @Parameters(index = "2", paramLabel = "ROLE", description = "follower, member, moderator or owner.")
    private RoleName role = RoleName.MEMBER;

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who gives it.")
    private String user = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(connection.await(client.messaging()
                            .setMemberRole(SetMemberRoleRequest.newBuilder()
                                    .setApp(app.app())
                                    .setConversationId(conversationId)
                                    .setUser(user)
                                    .setMember(member)
                                    .setRole(role.wire())
                                    .build()))));
        }
        return ExitCode.OK;
    }
}
