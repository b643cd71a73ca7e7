package io.tideline.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command has: {@code --help}, and the list of exit codes at its end. */
@Command(
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: not found, or a check found something",
            "2:the command line is wrong",
            "3:the server cannot be reached or cannot work now; try again",
            "4:refused: invalid, or in conflict with what is there",
            "70:a fault in Tideline"
        },
        footerHeading = "%nExamples:%n")
public final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean help;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** Ends the command as wrongly called. @throws ParameterException unless {@code condition} */
    public void require(boolean condition, String complaint) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), complaint);
        }
    }
}
