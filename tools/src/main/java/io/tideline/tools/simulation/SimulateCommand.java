package io.tideline.tools.simulation;

import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import io.tideline.tools.chatlog.ChatLogReader;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.output.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Replays a chat log with simulated devices and checks what they have in the end. */
@Command(
        name = "simulate",
        description = {
            "Replays a chat log as groups, with devices that go off line, repeat requests, lose",
            "answers and their state; then compares every device and every unread count with",
            "what the log says. Exit code 1 when anything is amiss."
        },
        footer = {
            "  tideline simulate docs/demo/ubuntu.jsonl.gz --devices 300 --seed 7",
            "  tideline simulate ubuntu.jsonl.gz --devices 10000 --max-events 2000",
            "  tideline simulate docs/demo/ubuntu.jsonl.gz --devices 100 --policy write --switch",
            "",
            "Writes into an app of its own, new for each run unless --app names one. The seed",
            "decides what is done; how threads meet is not its to decide."
        })
public final class SimulateCommand extends ServerCommand {
    private static final Duration RETRY_FOR = Duration.ofMinutes(2);
    private static final int CHANNELS = 4;

    /** Policies as they are written. */
    enum Policy {
        READ(DiffusionPolicy.DIFFUSION_READ),
        WRITE(DiffusionPolicy.DIFFUSION_WRITE);

        private final DiffusionPolicy wire;

        Policy(DiffusionPolicy wire) {
            this.wire = wire;
        }
    }

    @Parameters(paramLabel = "LOG", description = "A chat log, as of import.")
    private Path file = Path.of("");

    @Option(names = "--app", paramLabel = "APP", description = "Nothing may be in it (default: a new name).")
    private @Nullable String app;

    @Option(names = "--devices", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int devices = 100;

    @Option(
            names = "--devices-per-user",
            paramLabel = "N",
            defaultValue = "3",
            description = "On average; silent users are added until they suffice (default: ${DEFAULT-VALUE}).")
    private int devicesPerUser = 3;

    @Option(names = "--seed", paramLabel = "S", description = "What is left to chance (default: by the clock).")
    private @Nullable Long seed;

    @Option(
            names = "--max-events",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Of the log, from its beginning (default: ${DEFAULT-VALUE}).")
    private int maxEvents = 2_000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often a device goes on line on the way, on average (default: ${DEFAULT-VALUE}).")
    private double rounds = 3;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            defaultValue = "read",
            description = "Diffusion of the groups, read or write (default: ${DEFAULT-VALUE}).")
    private Policy policy = Policy.READ;

    @Option(names = "--switch", description = "Switches to the other diffusion on the way, and back.")
    private boolean switches;

    @Option(names = "--history-visible", description = "Members see what was sent before they joined.")
    private boolean historyVisible;

    @Option(
            names = "--subscribe-share",
            paramLabel = "PART",
            defaultValue = "0.2",
            description = "How often a device subscribes instead of asking, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double subscribeShare = 0.2;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "1",
            description = "Deals each channel of the log out to so many groups (default: ${DEFAULT-VALUE}).")
    private int groups = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "32",
            description = "Devices that are on line at the same time (default: ${DEFAULT-VALUE}).")
    private int threads = 32;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        connection.retryByDefaultFor(RETRY_FOR);
        SimulationSettings settings = settings();
        Plan plan;
        try (ChatLogReader log = ChatLogReader.open(file)) {
            plan = Plan.of(log, settings);
        }
        Findings findings = new Findings();
        long start = System.nanoTime();
        connection.open().close();
        TidelineClientConfig config = connection.config().withChannels(CHANNELS);
        try (TidelineClient client = TidelineClient.connect(config)) {
            new SimulationRun(client, connection.patience(), settings, plan, findings).run(this::progress);
        }
        output.document().print(report(settings, plan, findings, System.nanoTime() - start));
        return findings.violationCount() == 0 ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private SimulationSettings settings() {
        long now = System.currentTimeMillis();
        try {
            return new SimulationSettings(
                    app == null ? "simulation-" + Long.toString(now, 36) : app,
                    devices,
                    devicesPerUser,
                    seed == null ? now : seed,
                    maxEvents,
                    rounds,
                    policy.wire,
                    switches,
                    historyVisible,
                    subscribeShare,
                    groups,
                    threads);
        } catch (IllegalArgumentException invalid) {
            throw new ParameterException(command.commandLine(), String.valueOf(invalid.getMessage()), invalid);
        }
    }

    private void progress(String now) {
        output.err().println("tideline: " + now);
        output.err().flush();
    }

    private static Fields report(SimulationSettings settings, Plan plan, Findings findings, long nanos) {
        Map<String, Long> counts = findings.counts();
        return new Fields()
                .put("app", settings.app())
                .put("seed", settings.seed())
                .put("events", plan.events())
                .put("groups", plan.groups().size())
                .put("seconds", Math.round(nanos / 1e6) / 1e3)
                .put("violations", findings.violationCount())
                .put("counts", counts)
                .put("firstViolations", findings.violations());
    }
}
