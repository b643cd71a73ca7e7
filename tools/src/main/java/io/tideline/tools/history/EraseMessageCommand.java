package io.tideline.tools.history;

import io.tideline.api.v1.EraseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Erases one message with its edits, reactions and previews. */
@Command(
        name = "message",
        description = "Erases one message with its edits, reactions and previews.",
        footer = {"  tideline erase message 1k3v9m2x0w8 4711 --yes"})
public final class EraseMessageCommand extends EraseSomething {
    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    private String conversationId = "";

    @Parameters(index = "1", paramLabel = "SEQ", description = "The message's place in it.")
    private long seq;

    @Override
    EraseRequest.Builder target(EraseRequest.Builder request) {
        return request.setMessage(EraseRequest.Message.newBuilder()
                .setConversationId(conversationId)
                .setSeq(seq));
    }
}
