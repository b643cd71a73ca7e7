package io.tideline.tools.command;

import picocli.CommandLine.Command;

/** Keeps what a conversation or an app has, whatever the policies say. */
@Command(
        name = "hold",
        description = "Keeps all entries of a conversation or an app: they neither expire nor are archived.",
        footer = {
            "  tideline tiers hold shop/conversation/1k3v9m2x0w8",
            "  tideline tiers hold --whole-app --app shop",
            "",
            "A conversation is held with its personal timelines. A hold does not keep anybody from erasing."
        })
public final class TiersHoldCommand extends HoldSomething {
    @Override
    protected boolean held() {
        return true;
    }
}
