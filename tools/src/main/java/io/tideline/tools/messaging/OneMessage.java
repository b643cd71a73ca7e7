package io.tideline.tools.messaging;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which message, and who does something to it. */
final class OneMessage {
    @Parameters(index = "0", paramLabel = "CONVERSATION", description = "Its id.")
    String conversationId = "";

    @Parameters(index = "1", paramLabel = "SEQ", description = "The message's place in it.")
    long seq;

    @Option(names = "--as", required = true, paramLabel = "USER", description = "Who does it.")
    String user = "";
}
