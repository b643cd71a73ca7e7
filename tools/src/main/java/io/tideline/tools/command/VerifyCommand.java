package io.tideline.tools.command;

import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineReport;
import io.tideline.api.v1.VerifyAll;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifySummary;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads timelines from end to end on the server and reports what breaks its promises. */
@Command(
        name = "verify",
        description =
                "Checks timelines from end to end: holes, repeats, times that run backwards, heads that disagree.",
        footer = {
            "  tideline verify '#ubuntu'",
            "  tideline verify --all --app shop && echo sound",
            "",
            "Exit code 1 when anything was found."
        })
public final class VerifyCommand extends ServerCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("timeline"),
            Column.number("entries"),
            Column.number("expired"),
            Column.number("lastSeq"),
            Column.number("findingCount"),
            Column.text("findings"));

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(arity = "0..1", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private @Nullable String name;

    @Option(names = "--all", description = "All timelines of the app.")
    private boolean all;

    @Option(
            names = "--family",
            paramLabel = "FAMILY",
            description = "With --all: only conversation, inbox or personal.")
    private @Nullable String family;

    @Option(names = "--unsound-only", description = "Leaves out timelines without a finding.")
    private boolean unsoundOnly;

    @Option(
            names = "--limit-time",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "Gives up after this long (default: ${DEFAULT-VALUE}).")
    private Duration limitTime = Duration.ofHours(24);

    @Override
    public Integer call() {
        VerifyRequest request = request();
        RecordWriter records = output.records(COLUMNS);
        try (TidelineClient client = connection.open()) {
            VerifySummary summary =
                    Await.result(client.operator().verify(request, report -> print(report, records)), limitTime);
            finish(summary, records);
            records.end();
            return summary.getUnsoundTimelines() == 0 ? ExitCode.OK : ExitCode.NEGATIVE;
        }
    }

    private VerifyRequest request() {
        String wanted = name;
        common.require((wanted != null) != all, "expected: a timeline, or --all");
        if (wanted != null) {
            return VerifyRequest.newBuilder()
                    .setTimeline(timelines.timeline(wanted))
                    .build();
        }
        VerifyAll.Builder scope = VerifyAll.newBuilder().setApp(timelines.app());
        scope.setFamily(family == null ? TimelineFamily.TIMELINE_FAMILY_UNSPECIFIED : timelines.family(family));
        return VerifyRequest.newBuilder().setAll(scope).build();
    }

    /** Runs on a thread of the transport, one report after the other, all of them before the summary. */
    private void print(TimelineReport report, RecordWriter records) {
        if (unsoundOnly && report.getFindingCount() == 0) {
            return;
        }
        Fields fields = new Fields()
                .put("timeline", TimelineNames.format(report.getTimeline()))
                .put("entries", report.getEntries())
                .put("expired", report.getExpired())
                .put("lastSeq", report.getLastSeq())
                .put("findingCount", report.getFindingCount());
        List<String> findings = List.copyOf(report.getFindingsList());
        records.write(
                fields.put("findings", output.format() == OutputFormat.table ? String.join("; ", findings) : findings));
    }

    private void finish(VerifySummary summary, RecordWriter records) {
        if (output.format() == OutputFormat.table) {
            records.flush();
            output.err()
                    .printf(
                            "tideline: %,d timelines, %,d entries, %,d unsound%n",
                            summary.getTimelines(), summary.getEntries(), summary.getUnsoundTimelines());
        } else {
            records.write(new Fields()
                    .put("timelines", summary.getTimelines())
                    .put("entries", summary.getEntries())
                    .put("unsoundTimelines", summary.getUnsoundTimelines()));
        }
    }
}
