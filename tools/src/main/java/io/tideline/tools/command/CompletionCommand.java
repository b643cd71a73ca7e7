package io.tideline.tools.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script of all commands. */
@Command(
        name = "completion",
        description = "Prints a completion script for bash and zsh.",
        footer = {"  source <(tideline completion)"})
public final class CompletionCommand implements Callable<Integer> {
    @Mixin
    final CommonOptions common = new CommonOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        out.print(AutoComplete.bash(command.root().name(), command.root().commandLine()));
        out.print('\n');
        out.flush();
        return ExitCode.OK;
    }
}
