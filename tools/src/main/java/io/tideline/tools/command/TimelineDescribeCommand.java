package io.tideline.tools.command;

import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.client.TidelineClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Head and attributes of one timeline. */
@Command(
        name = "describe",
        description = "Shows head and attributes of a timeline.",
        footer = {"  tideline timelines describe '#ubuntu' -o json"})
public final class TimelineDescribeCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Override
    public Integer call() {
        DescribeTimelineRequest request = DescribeTimelineRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .build();
        try (TidelineClient client = connection.open()) {
            output.document().print(EntryFields.ofDescription(connection.await(client.describeTimeline(request))));
        }
        return ExitCode.OK;
    }
}
