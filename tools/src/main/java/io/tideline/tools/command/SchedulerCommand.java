package io.tideline.tools.command;

import io.tideline.api.v1.PlannedMove;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.OperatorClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks and steers what moves entries from tier to tier. */
@Command(
        name = "scheduler",
        description = "Shows, pauses, resumes or runs the store scheduler, which moves old entries to the warm table.",
        footer = {
            "  tideline scheduler status",
            "  tideline scheduler run --dry-run",
            "  tideline scheduler run",
            "  tideline scheduler pause",
            "",
            "A pause holds for all servers. run makes one pass and answers when it has ended; exit code 1 when",
            "timelines failed, or when the pass could not be made (paused, or another server is at work)."
        })
public final class SchedulerCommand extends ServerCommand {
    private enum Action {
        STATUS,
        PAUSE,
        RESUME,
        RUN
    }

    @Parameters(paramLabel = "ACTION", description = "status, pause, resume or run.")
    private Action action = Action.STATUS;

    @Option(names = "--dry-run", description = "With run: only say what would be moved.")
    private boolean dryRun;

    @Override
    public Integer call() {
        common.require(!dryRun || action == Action.RUN, "--dry-run: goes with run alone");
        try (TidelineClient client = connection.open()) {
            OperatorClient operator = client.operator();
            return switch (action) {
                case STATUS -> status(connection.await(operator.scheduler()).getPaused());
                case PAUSE ->
                    status(connection.await(operator.pauseScheduler(true)).getPaused());
                case RESUME ->
                    status(connection.await(operator.pauseScheduler(false)).getPaused());
                case RUN -> ran(connection.await(operator.runScheduler(dryRun)));
            };
        }
    }

    private int status(boolean paused) {
        output.document().print(new Fields().put("paused", paused));
        return ExitCode.OK;
    }

    private int ran(RunSchedulerResponse report) {
        output.document()
                .print(new Fields()
                        .put("state", report.getState().name().toLowerCase(Locale.ROOT))
                        .put("timelines", report.getTimelines())
                        .put("dueTimelines", report.getDueTimelines())
                        .put("entries", report.getEntries())
                        .put("bytes", report.getBytes())
                        .put("expiredEntries", report.getExpiredEntries())
                        .put("failedTimelines", report.getFailedTimelines())
                        .put(
                                "moves",
                                report.getMovesList().stream()
                                        .map(SchedulerCommand::move)
                                        .toList()));
        boolean well = report.getState() == RunSchedulerResponse.State.DONE && report.getFailedTimelines() == 0;
        return well ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private static Fields move(PlannedMove move) {
        TimelineName name = move.getTimeline();
        return new Fields()
                .put(
                        "timeline",
                        name.getApp() + "/" + name.getFamily().name().toLowerCase(Locale.ROOT) + "/" + name.getId())
                .put("firstSeq", move.getFirstSeq())
                .put("throughSeq", move.getThroughSeq());
    }
}
