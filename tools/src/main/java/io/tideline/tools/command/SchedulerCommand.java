package io.tideline.tools.command;

import io.tideline.api.v1.PlannedMove;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.SchedulerStatus;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.OperatorClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks and steers what moves entries from tier to tier. */
@Command(
        name = "scheduler",
        description =
                "Shows, pauses, drains, resumes or runs the store scheduler, which moves old entries to the warm table.",
        footer = {
            "  tideline scheduler status",
            "  tideline scheduler run --dry-run",
            "  tideline scheduler run",
            "  tideline scheduler pause",
            "  tideline scheduler drain --wait 30",
            "",
            "A pause holds for all servers. drain pauses and waits until no server works any more. run makes one pass",
            "and answers when it has ended. Exit code 1 when timelines failed, when the pass could not be made (paused, or",
            "another server is at work), or when somebody still works when drain has waited."
        })
public final class SchedulerCommand extends ServerCommand {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A pass is not given up by whoever stops waiting for it; most take seconds. */
    private static final Duration PASS = Duration.ofHours(1);

    private enum Action {
        STATUS,
        PAUSE,
        DRAIN,
        RESUME,
        RUN
    }

    @Parameters(paramLabel = "ACTION", description = "status, pause, drain, resume or run.")
    private Action action = Action.STATUS;

    @Option(names = "--dry-run", description = "With run: only say what would be moved.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "With drain: how long to wait (default: 120).")
    private int wait = 120;

    @Override
    public Integer call() {
        common.require(!dryRun || action == Action.RUN, "--dry-run: goes with run alone");
        if (action == Action.RUN) {
            connection.waitByDefaultFor(PASS);
        }
        try (TidelineClient client = connection.open()) {
            OperatorClient operator = client.operator();
            return switch (action) {
                case STATUS -> status(connection.await(operator.scheduler()));
                case PAUSE -> status(connection.await(operator.pauseScheduler(true)));
                case DRAIN -> drained(operator);
                case RESUME -> status(connection.await(operator.pauseScheduler(false)));
                case RUN -> ran(connection.await(operator.runScheduler(dryRun)));
            };
        }
    }

    private int status(SchedulerStatus status) {
        output.document().print(SchedulerFields.of(status));
        return ExitCode.OK;
    }

    /** A worker sees the pause after its unit; one that has died is waited for until its lease runs out. */
    private int drained(OperatorClient operator) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
        SchedulerStatus status = connection.await(operator.pauseScheduler(true));
        while (!status.getWorker().isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
            status = connection.await(operator.scheduler());
        }
        status(status);
        return status.getWorker().isEmpty() ? ExitCode.OK : ExitCode.NEGATIVE;
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
