package io.tideline.tools.command;

import io.tideline.api.v1.UpdateTimelineRequest;
import io.tideline.client.TidelineClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets and removes attributes of a timeline in one step. */
@Command(
        name = "update",
        description = "Sets and removes attributes of a timeline in one step.",
        footer = {
            "  tideline timelines update support title=Help --remove team",
            "  tideline timelines update support title=Help --expect-version 3"
        })
public final class TimelineUpdateCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "Attributes to set.")
    private Map<String, String> attributes = Map.of();

    @Option(names = "--remove", paramLabel = "NAME", description = "Attribute to remove; may be repeated.")
    private List<String> removed = List.of();

    @Option(
            names = "--expect-version",
            paramLabel = "VERSION",
            description = "Only if attributesVersion is this one; else exit code 4.")
    private @Nullable Long expectedVersion;

    @Override
    public Integer call() {
        common.require(!attributes.isEmpty() || !removed.isEmpty(), "nothing to set or to remove");
        UpdateTimelineRequest.Builder request = UpdateTimelineRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .putAllPutAttributes(attributes)
                .addAllRemoveAttributes(removed);
        if (expectedVersion != null) {
            request.setExpectedVersion(expectedVersion);
        }
        try (TidelineClient client = connection.open()) {
            output.document()
                    .print(EntryFields.ofDescription(connection.await(client.updateTimeline(request.build()))));
        }
        return ExitCode.OK;
    }
}
