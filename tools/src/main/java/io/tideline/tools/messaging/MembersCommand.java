package io.tideline.tools.messaging;

import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.Member;
import io.tideline.client.PageCursor;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the members of a conversation; its subcommands add and remove them and give roles. */
@Command(
        name = "members",
        description = "Lists the members of a conversation; adds and removes them, gives roles.",
        subcommands = {MembersAddCommand.class, MembersRemoveCommand.class, MembersRoleCommand.class},
        footer = {
            "  tideline members 1k3v9m2x0w8",
            "  tideline members 1k3v9m2x0w8 --former -o jsonl",
            "  tideline members add 1k3v9m2x0w8 dave erin --as alice",
            "",
            "The order is stable and not that of the names."
        })
public final class MembersCommand extends ServerCommand {
    private static final int PAGE = 1_000;

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(arity = "0..1", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Option(names = "--as", paramLabel = "USER", description = "Who asks (default: a service).")
    private String user = "";

    @Option(names = "--former", description = "Also those who have left.")
    private boolean former;

    @Override
    public Integer call() {
        common.require(!conversationId.isEmpty(), "which conversation?");
        RecordWriter records = output.records(MessagingFields.MEMBER_COLUMNS);
        try (TidelineClient client = connection.open()) {
            PageCursor<Member> members = client.messaging()
                    .allMembers(ListMembersRequest.newBuilder()
                            .setApp(app.app())
                            .setConversationId(conversationId)
                            .setUser(user)
                            .setPageSize(PAGE)
                            .setIncludeFormer(former)
                            .build());
            while (members.hasNext() && !output.out().checkError()) {
                records.write(MessagingFields.of(members.next()));
            }
        }
        records.end();
        return ExitCode.OK;
    }
}
