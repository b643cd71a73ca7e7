package io.tideline.tools.history;

import io.tideline.api.v1.EraseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Dissolves a conversation and erases all that was said in it. */
@Command(
        name = "conversation",
        description = "Dissolves a conversation and erases all that was said in it.",
        footer = {"  tideline erase conversation 1k3v9m2x0w8 --yes"})
public final class EraseConversationCommand extends EraseSomething {
    @Parameters(paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Override
    EraseRequest.Builder target(EraseRequest.Builder request) {
        return request.setConversationId(conversationId);
    }
}
