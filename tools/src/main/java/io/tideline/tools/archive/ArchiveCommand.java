package io.tideline.tools.archive;

import io.tideline.tools.command.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks after the archive; does nothing without a subcommand. */
@Command(
        name = "archive",
        description = {
            "Moves old history into files, checks them, and brings it back. For operators of the whole",
            "installation. Each task is an operation of the server: it goes on when this command is ended,",
            "and after a crash. Tasks take turns, but for plan, dry runs and verify."
        },
        subcommands = {
            ArchivePlanCommand.class,
            ArchiveRunCommand.class,
            ArchiveStatusCommand.class,
            ArchiveVerifyCommand.class,
            ArchiveRestoreCommand.class,
            ArchiveHoldCommand.class,
            ArchiveLiftCommand.class,
            ArchiveExpireCommand.class,
            ArchiveCompactCommand.class
        },
        footer = {
            "  tideline archive plan",
            "  tideline archive run --id night-2026-11-21",
            "  tideline archive status",
            "  tideline archive verify && tideline archive compact",
            "  tideline archive restore shop/conversation/1k3v9m2x0w8 --from 4711",
            "  tideline operations wait night-2026-11-21",
            "",
            "What is due is said by warm-age, warm-entries and warm-bytes in the server's --tiers file."
        })
public final class ArchiveCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.require(false, "plan, run, status, verify, restore, hold, lift, expire or compact?");
        throw new AssertionError("require has thrown");
    }
}
