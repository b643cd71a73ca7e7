package io.tideline.tools;

import io.tideline.tools.archive.ArchiveCommand;
import io.tideline.tools.bench.BenchCommand;
import io.tideline.tools.command.AppendCommand;
import io.tideline.tools.command.CompletionCommand;
import io.tideline.tools.command.DurationText;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.FailureReport;
import io.tideline.tools.command.HeadsCommand;
import io.tideline.tools.command.ImportCommand;
import io.tideline.tools.command.InfoCommand;
import io.tideline.tools.command.InspectCommand;
import io.tideline.tools.command.ReadCommand;
import io.tideline.tools.command.SchedulerCommand;
import io.tideline.tools.command.TailCommand;
import io.tideline.tools.command.TiersCommand;
import io.tideline.tools.command.TimelinesCommand;
import io.tideline.tools.command.TokenCommand;
import io.tideline.tools.command.VerifyCommand;
import io.tideline.tools.history.EraseCommand;
import io.tideline.tools.history.ExportCommand;
import io.tideline.tools.history.HistoryCommand;
import io.tideline.tools.history.LocateCommand;
import io.tideline.tools.history.OperationsCommand;
import io.tideline.tools.messaging.ConsumeCommand;
import io.tideline.tools.messaging.ConversationsCommand;
import io.tideline.tools.messaging.FanoutCommand;
import io.tideline.tools.messaging.MembersCommand;
import io.tideline.tools.messaging.MessageCommand;
import io.tideline.tools.messaging.ReadMarkCommand;
import io.tideline.tools.messaging.SendCommand;
import io.tideline.tools.messaging.SubscribeCommand;
import io.tideline.tools.messaging.SyncCommand;
import io.tideline.tools.messaging.UnreadCommand;
import io.tideline.tools.messaging.UserCommand;
import io.tideline.tools.search.SearchCommand;
import io.tideline.tools.serve.ServeCommand;
import io.tideline.tools.simulation.SimulateCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of {@code tideline}. A new command is one class, named in this list. */
@Command(
        name = "tideline",
        subcommands = {
            ServeCommand.class,
            AppendCommand.class,
            ReadCommand.class,
            TailCommand.class,
            HeadsCommand.class,
            TimelinesCommand.class,
            ImportCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            ConversationsCommand.class,
            MembersCommand.class,
            SendCommand.class,
            MessageCommand.class,
            HistoryCommand.class,
            SearchCommand.class,
            LocateCommand.class,
            EraseCommand.class,
            ExportCommand.class,
            OperationsCommand.class,
            SyncCommand.class,
            SubscribeCommand.class,
            UnreadCommand.class,
            ReadMarkCommand.class,
            UserCommand.class,
            FanoutCommand.class,
            TiersCommand.class,
            SchedulerCommand.class,
            ArchiveCommand.class,
            ConsumeCommand.class,
            InfoCommand.class,
            TokenCommand.class,
            SimulateCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
            WarmUpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = BuildVersion.class,
        usageHelpAutoWidth = true,
        description = "Messaging on timelines in HBase: conversations, devices, unread counts; and what is below.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: not found, or a check found something",
            "2:the command line is wrong",
            "3:the server cannot be reached or cannot work now; try again",
            "4:refused: invalid, or in conflict with what is there",
            "70:a fault in Tideline"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tideline serve",
            "  tideline append support 'Good morning' --sender alice",
            "  tideline read support",
            "  tideline tail support",
            "  tideline import docs/demo/ubuntu.jsonl.gz",
            "  tideline conversations create --as alice --members bob,carol",
            "  tideline sync --as bob/phone --all",
            "",
            "A timeline is app/family/id with family conversation, inbox or personal; the",
            "id may hold slashes. An id alone is a conversation of the app in TIDELINE_APP",
            "(default: \"default\"). TIDELINE_SERVER is the server to ask."
        })
public final class TidelineCli implements Runnable {
    @Option(
            names = "--debug",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Shows where a failure comes from (stack trace).")
    private boolean debug;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        System.exit(commandLine(writer(FileDescriptor.out), writer(FileDescriptor.err))
                .execute(args));
    }

    /** The command line, printing to these writers, for the server that options and environment name. */
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        TidelineCli root = new TidelineCli();
        return new CommandLine(root)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new DurationText())
                .setExecutionExceptionHandler((thrown, command, parsed) -> root.report(thrown, command))
                .setParameterExceptionHandler((wrong, args) -> reportUsage(wrong));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private int report(Throwable thrown, CommandLine command) {
        command.getOut().flush();
        if (thrown instanceof ParameterException wrong) {
            return reportUsage(wrong);
        }
        FailureReport report = FailureReport.of(thrown);
        command.getErr().println("tideline: " + report.line());
        if (debug) {
            thrown.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return report.exitCode();
    }

    private static int reportUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("tideline: " + wrong.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("See: " + command.getCommandSpec().qualifiedName(" ") + " --help");
        err.flush();
        return ExitCode.USAGE;
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        // UTF-8 whatever the locale: what is piped into a file must not depend on who was logged in.
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
    }
}
