package io.tideline.tools.archive;

import io.tideline.tools.command.HoldSomething;
import picocli.CommandLine.Command;

/** Ends a hold. */
@Command(
        name = "lift",
        description = "Ends the hold of a conversation or of an app: the policies count again. As tiers lift.",
        footer = {
            "  tideline archive lift shop/conversation/1k3v9m2x0w8",
            "  tideline archive lift --whole-app --app shop"
        })
public final class ArchiveLiftCommand extends HoldSomething {
    @Override
    protected boolean held() {
        return false;
    }
}
