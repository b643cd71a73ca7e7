package io.tideline.tools.history;

import io.tideline.api.v1.ExportRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Exports one conversation. */
@Command(
        name = "conversation",
        description = "Exports one conversation: what it is, who is or was in it, and all messages as they show now.",
        footer = {"  tideline export conversation 1k3v9m2x0w8 --path cases/4711"})
public final class ExportConversationCommand extends ExportSomething {
    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Override
    ExportRequest.Builder target(ExportRequest.Builder request) {
        return request.setConversationId(conversationId);
    }
}
