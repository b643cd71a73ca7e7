package io.tideline.tools.command;

import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.ListTimelinesResponse;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.RecordWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the timelines of an app; its subcommands create, change and describe one. */
@Command(
        name = "timelines",
        description = "Lists timelines; creates, changes and describes one.",
        subcommands = {TimelineCreateCommand.class, TimelineUpdateCommand.class, TimelineDescribeCommand.class},
        footer = {
            "  tideline timelines --app shop --family inbox",
            "  tideline timelines --all -o jsonl",
            "  tideline timelines create support title=Support"
        })
public final class TimelinesCommand extends ServerCommand {
    private static final int MAX_PAGE = 1_000;

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Option(
            names = "--family",
            paramLabel = "FAMILY",
            defaultValue = "conversation",
            description = "conversation, inbox or personal (default: conversation).")
    private String family = "conversation";

    @Option(names = "--page-size", paramLabel = "N", description = "1 to 1,000 (default: 100; with --all 1,000).")
    private int pageSize;

    @Option(names = "--page-token", paramLabel = "TOKEN", description = "Goes on where an earlier page ended.")
    private String pageToken = "";

    @Option(names = "--all", description = "All pages, not only one.")
    private boolean all;

    @Override
    public Integer call() {
        common.require(pageSize >= 0 && pageSize <= MAX_PAGE, "--page-size: " + pageSize + " (expected: 1..1000)");
        TimelineFamily listed = timelines.family(family);
        RecordWriter records = output.records(EntryFields.DESCRIPTION_COLUMNS);
        try (TidelineClient client = connection.open()) {
            String token = pageToken;
            do {
                ListTimelinesResponse page = connection.await(client.listTimelines(request(listed, token)));
                page.getTimelinesList().forEach(timeline -> records.write(EntryFields.ofDescription(timeline)));
                records.flush();
                token = page.getNextPageToken();
            } while (all && !token.isEmpty() && !output.out().checkError());
            if (!token.isEmpty()) {
                output.err().println("tideline: more with --page-token " + token);
            }
        }
        records.end();
        return ExitCode.OK;
    }

    private ListTimelinesRequest request(TimelineFamily listed, String token) {
        return ListTimelinesRequest.newBuilder()
                .setApp(timelines.app())
                .setFamily(listed)
                .setPageSize(pageSize > 0 ? pageSize : all ? MAX_PAGE : 100)
                .setPageToken(token)
                .build();
    }
}
