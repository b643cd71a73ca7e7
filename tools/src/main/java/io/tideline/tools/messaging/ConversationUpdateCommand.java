package io.tideline.tools.messaging;

import io.tideline.api.v1.UpdateConversationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the settings of a conversation. */
@Command(
        name = "update",
        description = "Changes the settings of a conversation; for its owners.",
        footer = {
            "  tideline conversations update 1k3v9m2x0w8 --as alice title=Lunch --remove colour",
            "  tideline conversations update 1k3v9m2x0w8 --as alice --policy read --no-history-visible"
        })
public final class ConversationUpdateCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "Attributes to set.")
    private Map<String, String> attributes = Map.of();

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who changes it.")
    private String user = "";

    @Option(names = "--remove", paramLabel = "NAME", description = "Attribute to remove; may be repeated.")
    private List<String> removed = List.of();

    @Option(names = "--policy", paramLabel = "POLICY", description = "read, write or auto.")
    private ConversationCreateCommand.@Nullable Policy policy;

    @Option(
            names = "--history-visible",
            negatable = true,
            description = "Whether members see what was sent before they joined.")
    private @Nullable Boolean historyVisible;

    @Override
    public Integer call() {
        common.require(
                policy != null || historyVisible != null || !attributes.isEmpty() || !removed.isEmpty(),
                "nothing to change");
        UpdateConversationRequest.Builder request = UpdateConversationRequest.newBuilder()
                .setApp(app.app())
                .setConversationId(conversationId)
                .setUser(user)
                .putAllPutAttributes(attributes)
                .addAllRemoveAttributes(removed);
        if (policy != null) {
            request.setPolicy(policy.wire());
        }
        if (historyVisible != null) {
            request.setHistoryVisible(historyVisible);
        }
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(MessagingFields.of(
                            connection.await(client.messaging().updateConversation(request.build()))));
        }
        return ExitCode.OK;
    }
}
