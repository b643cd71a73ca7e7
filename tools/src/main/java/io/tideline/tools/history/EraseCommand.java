package io.tideline.tools.history;

import io.tideline.tools.command.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Erases for good; does nothing without a subcommand. */
@Command(
        name = "erase",
        description = {
            "Erases what was said, for good, from every tier, record and inbox, and proves it. What",
            "an erasure does not reach: backups, exports, and copies on devices; see docs/history.md."
        },
        subcommands = {
            EraseMessageCommand.class,
            EraseUserCommand.class,
            EraseConversationCommand.class,
            EraseAppCommand.class,
            EraseAgainCommand.class
        },
        footer = {
            "  tideline erase message 1k3v9m2x0w8 4711 --yes",
            "  tideline erase user alice --app shop --yes",
            "  tideline erase conversation 1k3v9m2x0w8 --yes --no-wait",
            "  tideline erase again --app shop --occasion restore-2026-11-21"
        })
public final class EraseCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.require(false, "message, user, conversation, app or again?");
        throw new AssertionError("require has thrown");
    }
}
