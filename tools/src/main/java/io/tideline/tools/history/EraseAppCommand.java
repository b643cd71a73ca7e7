package io.tideline.tools.history;

import io.tideline.api.v1.EraseRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Dissolves all conversations of an app and erases all that was said in it. */
@Command(
        name = "app",
        description = "Dissolves all conversations of an app and erases all that was said in it.",
        footer = {
            "  tideline erase app shop --app shop --yes",
            "",
            "The app is named twice, so that none is hit by mistake."
        })
public final class EraseAppCommand extends EraseSomething {
    @Parameters(paramLabel = "APP", description = "The same as --app.")
    private String named = "";

    @Override
    EraseRequest.Builder target(EraseRequest.Builder request) {
        common.require(named.equals(request.getApp()), "APP: " + named + " (expected: the same as --app)");
        return request.setWholeApp(true);
    }
}
