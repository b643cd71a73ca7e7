package io.tideline.tools.history;

import io.tideline.tools.command.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Exports; does nothing without a subcommand. */
@Command(
        name = "export",
        description = "Writes everything of a user or a conversation into files on the server, below its --export-dir.",
        subcommands = {ExportUserCommand.class, ExportConversationCommand.class},
        footer = {
            "  tideline export user alice --app shop",
            "  tideline export conversation 1k3v9m2x0w8 --path cases/4711",
            "  tideline export conversation 1k3v9m2x0w8 --format parquet",
            "",
            "Files of gzipped JSON lines or of Parquet, and manifest.json with their counts and checksums."
        })
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.require(false, "user or conversation?");
        throw new AssertionError("require has thrown");
    }
}
