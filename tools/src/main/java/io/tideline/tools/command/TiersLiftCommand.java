package io.tideline.tools.command;

import picocli.CommandLine.Command;

/** Ends a hold. */
@Command(
        name = "lift",
        description = "Ends the hold of a conversation or of an app: the policies count again.",
        footer = {
            "  tideline tiers lift shop/conversation/1k3v9m2x0w8",
            "  tideline tiers lift --whole-app --app shop",
            "",
            "A conversation stays held for as long as its app is."
        })
public final class TiersLiftCommand extends HoldSomething {
    @Override
    protected boolean held() {
        return false;
    }
}
