package io.tideline.tools.history;

import io.tideline.api.v1.EraseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Erases what a user has said, in all conversations where he is or was a member. */
@Command(
        name = "user",
        description = "Erases what a user has said, in all conversations where he is or was a member.",
        footer = {"  tideline erase user alice --app shop --yes"})
public final class EraseUserCommand extends EraseSomething {
    @Parameters(paramLabel = "USER", description = "Who has said it.")
    private String user = "";

    @Override
    EraseRequest.Builder target(EraseRequest.Builder request) {
        return request.setUser(user);
    }
}
