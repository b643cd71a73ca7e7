package io.tideline.tools.history;

import io.tideline.tools.command.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Follows long-running operations; does nothing without a subcommand. */
@Command(
        name = "operations",
        description = "Lists long-running operations (erasures, exports, archive jobs), follows and cancels them.",
        subcommands = {
            OperationsListCommand.class,
            OperationsGetCommand.class,
            OperationsCancelCommand.class,
            OperationsWaitCommand.class
        },
        footer = {
            "  tideline operations list --unfinished",
            "  tideline operations wait erase-0c9a4c1e",
            "  tideline operations cancel export-77f0"
        })
public final class OperationsCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.require(false, "list, get, cancel or wait?");
        throw new AssertionError("require has thrown");
    }
}
