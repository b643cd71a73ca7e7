package io.tideline.tools.command;

import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.client.TidelineClient;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Creates a timeline with attributes before anything is appended to it. */
@Command(
        name = "create",
        description = "Creates a timeline with attributes.",
        footer = {"  tideline timelines create support title=Support team=blue"})
public final class TimelineCreateCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "Attributes, at most 64.")
    private Map<String, String> attributes = Map.of();

    @Override
    public Integer call() {
        CreateTimelineRequest request = CreateTimelineRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .putAllAttributes(attributes)
                .build();
        try (TidelineClient client = connection.open()) {
            output.document().print(EntryFields.ofDescription(connection.await(client.createTimeline(request))));
        }
        return ExitCode.OK;
    }
}
