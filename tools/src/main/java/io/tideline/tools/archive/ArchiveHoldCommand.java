package io.tideline.tools.archive;

import io.tideline.tools.command.HoldSomething;
import picocli.CommandLine.Command;

/** Keeps what a conversation or an app has out of the archive. */
@Command(
        name = "hold",
        description =
                "Keeps entries of a conversation or an app from being archived, and from expiring: as tiers hold.",
        footer = {
            "  tideline archive hold shop/conversation/1k3v9m2x0w8",
            "  tideline archive hold --whole-app --app shop",
            "",
            "What is in files already stays there; archive restore brings it back."
        })
public final class ArchiveHoldCommand extends HoldSomething {
    @Override
    protected boolean held() {
        return true;
    }
}
