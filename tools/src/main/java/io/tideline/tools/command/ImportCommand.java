package io.tideline.tools.command;

import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import io.tideline.tools.chatlog.ChatLogReader;
import io.tideline.tools.importing.ChatImport;
import io.tideline.tools.importing.GroupImport;
import io.tideline.tools.importing.GroupImportSummary;
import io.tideline.tools.importing.ImportCounters;
import io.tideline.tools.importing.ImportIds;
import io.tideline.tools.importing.ImportSettings;
import io.tideline.tools.importing.ImportSummary;
import io.tideline.tools.output.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports a chat log: once, in the order of the file, and resumable. */
@Command(
        name = "import",
        description = {
            "Imports a chat log (.jsonl or .jsonl.gz): each channel becomes a conversation of that name.",
            "One JSON object a line: ts, channel, kind, nick, text, to. The nick is the sender, the text the payload."
        },
        footer = {
            "  tideline import docs/demo/ubuntu.jsonl.gz",
            "  tideline import ubuntu.jsonl.gz --app chat --kinds message,action",
            "  tideline import today.jsonl --timeline support --import-id 2026-01-31",
            "  tideline import docs/demo/ubuntu.jsonl.gz --original-times",
            "  tideline import docs/demo/ubuntu.jsonl.gz --as-group",
            "",
            "Order and number are exact. After a crash, on either side, the same command goes",
            "on behind the last line that is there; when all is there it does nothing."
        })
public final class ImportCommand extends ServerCommand {
    private static final Duration RETRY_FOR = Duration.ofMinutes(5);

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The chat log; gzip is recognised.")
    private Path file = Path.of("");

    @Option(names = "--timeline", paramLabel = "TIMELINE", description = "For all channels, instead of one each.")
    private @Nullable String timeline;

    @Option(
            names = "--kinds",
            paramLabel = "KIND",
            split = ",",
            defaultValue = "message",
            description = "Events to import, e.g. message,action (default: ${DEFAULT-VALUE}).")
    private Set<String> kinds = Set.of("message");

    @Option(
            names = "--import-id",
            paramLabel = "ID",
            description = "Name of this import, at most 48 bytes (default: the file's name). Same id, same file.")
    private @Nullable String importId;

    @Option(names = "--skip-oversized", description = "Leaves out texts over 256 KiB instead of stopping there.")
    private boolean skipOversized;

    @Option(
            names = "--original-times",
            description = {
                "Messages keep the times of the file (ts), so that they age as what they are. For",
                "operators. A time before that of the message before it is raised to it."
            })
    private boolean originalTimes;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "500",
            description = "Messages in one request at most, 1 to 1,000 (default: ${DEFAULT-VALUE}).")
    private int batch = 500;

    @Option(
            names = "--as-group",
            description = {
                "Each channel becomes a group instead: join and leave are membership, messages are",
                "sent by their nicks, and one that is addressed to a member is followed by a personal",
                "notice to him. Who speaks without having joined is added first; a change of nick is",
                "one who leaves and another who joins. READ diffusion."
            })
    private boolean asGroup;

    @Option(
            names = "--group-owner",
            paramLabel = "USER",
            defaultValue = "import",
            description = "With --as-group: who creates the groups and writes notices (default: ${DEFAULT-VALUE}).")
    private String groupOwner = "import";

    @Override
    public Integer call() throws IOException, InterruptedException {
        connection.retryByDefaultFor(RETRY_FOR);
        common.require(!asGroup || timeline == null, "--timeline does not go with --as-group");
        common.require(!asGroup || !originalTimes, "--original-times does not go with --as-group");
        ImportSettings settings = settings();
        ImportCounters counters = new ImportCounters();
        try (ChatLogReader log = ChatLogReader.open(file);
                TidelineClient client = connection.open()) {
            Fields summary;
            try (ImportProgress progress = ImportProgress.show(counters, Files.size(file), output.err())) {
                summary = asGroup
                        ? fields(new GroupImport(client.messaging(), settings, groupOwner, counters, System::nanoTime)
                                .run(log))
                        : fields(new ChatImport(client, settings, counters, System::nanoTime).run(log));
            }
            output.document().print(summary);
        } catch (TimeoutException silent) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, String.valueOf(silent.getMessage()));
        }
        return ExitCode.OK;
    }

    private ImportSettings settings() {
        TimelineName given = timeline == null ? null : timelines.timeline(timeline);
        String id = importId != null ? importId : String.valueOf(file.getFileName());
        try {
            return new ImportSettings(
                    new ImportIds(id),
                    kinds,
                    timelines.app(),
                    given,
                    batch,
                    skipOversized,
                    originalTimes,
                    connection.patience());
        } catch (IllegalArgumentException invalid) {
            throw new ParameterException(command.commandLine(), String.valueOf(invalid.getMessage()), invalid);
        }
    }

    private static Fields fields(ImportSummary summary) {
        Map<String, Long> heads = summary.heads().entrySet().stream()
                .collect(Collectors.toMap(
                        head -> TimelineNames.format(head.getKey()), Map.Entry::getValue, Math::max, TreeMap::new));
        return new Fields()
                .put("lines", summary.lines())
                .put("messages", summary.messages())
                .put("appended", summary.appended())
                .put("alreadyThere", summary.alreadyThere())
                .put("otherKinds", summary.otherKinds())
                .put("withoutText", summary.withoutText())
                .put("oversized", summary.oversized())
                .put("seconds", Math.round(summary.elapsed().toNanos() / 1e6) / 1e3)
                .put("appendedPerSecond", Math.round(summary.appendedPerSecond()))
                .put("lastSeq", heads);
    }

    private static Fields fields(GroupImportSummary summary) {
        Map<String, Fields> groups = new TreeMap<>();
        summary.conversations()
                .forEach((channel, group) -> groups.put(
                        channel, new Fields().put("id", group.conversationId()).put("lastSeq", group.lastSeq())));
        return new Fields()
                .put("lines", summary.lines())
                .put("messages", summary.messages())
                .put("sent", summary.sent())
                .put("alreadyThere", summary.alreadyThere())
                .put("joined", summary.joined())
                .put("left", summary.left())
                .put("notices", summary.notices())
                .put("oversized", summary.oversized())
                .put("seconds", Math.round(summary.elapsed().toNanos() / 1e6) / 1e3)
                .put("conversations", groups);
    }
}
