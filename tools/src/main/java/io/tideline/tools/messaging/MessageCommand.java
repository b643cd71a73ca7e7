package io.tideline.tools.messaging;

import io.tideline.tools.command.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads messages and changes them; does nothing without a subcommand. */
@Command(
        name = "message",
        description = "Lists messages as a user sees them; recalls, edits, deletes them, reacts to them.",
        subcommands = {
            MessageListCommand.class,
            MessageRecallCommand.class,
            MessageEditCommand.class,
            MessageDeleteCommand.class,
            MessageReactCommand.class
        },
        footer = {
            "  tideline message list 1k3v9m2x0w8 --as bob",
            "  tideline message recall 1k3v9m2x0w8 17 --as alice",
            "  tideline message react 1k3v9m2x0w8 17 +1 --as bob"
        })
public final class MessageCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        common.require(false, "list, recall, edit, delete or react?");
        throw new AssertionError("require has thrown");
    }
}
