package io.tideline.tools.history;

import io.tideline.api.v1.ExportRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Exports what there is of one user. */
@Command(
        name = "user",
        description = "Exports what there is of one user: what he said, his inbox, conversations, settings, devices.",
        footer = {"  tideline export user alice --app shop"})
public final class ExportUserCommand extends ExportSomething {
    @Parameters(paramLabel = "USER", description = "Whose.")
    private String user = "";

    @Override
    ExportRequest.Builder target(ExportRequest.Builder request) {
        return request.setUser(user);
    }
}
