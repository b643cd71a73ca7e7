package io.tideline.tools.command;

import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.TierContent;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which tier has which entries of a timeline. */
@Command(
        name = "tiers",
        description = "Shows which tier has which entries of a timeline, and how many bytes; holds and lifts holds.",
        subcommands = {TiersHoldCommand.class, TiersLiftCommand.class},
        footer = {
            "  tideline tiers '#ubuntu'",
            "  tideline tiers shop/conversation/room -o json",
            "  tideline tiers hold shop/conversation/room",
            "  tideline tiers lift --whole-app --app shop"
        })
public final class TiersCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(arity = "0..1", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Override
    public Integer call() {
        common.require(!name.isEmpty(), "which timeline?");
        DescribeTiersRequest request = DescribeTiersRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .build();
        try (TidelineClient client = connection.open()) {
            output.document().print(fields(connection.await(client.operator().describeTiers(request))));
        }
        return ExitCode.OK;
    }

    private static Fields fields(DescribeTiersResponse found) {
        return new Fields()
                .put("lastSeq", found.getLastSeq())
                .put("expiredThroughSeq", found.getExpiredThroughSeq())
                .put("coldThroughSeq", found.getColdThroughSeq())
                .put("warmThroughSeq", found.getWarmThroughSeq())
                .put("epoch", found.getEpoch())
                .put("held", found.getHeld())
                .put(
                        "tiers",
                        found.getTiersList().stream().map(TiersCommand::content).toList());
    }

    private static Fields content(TierContent content) {
        return new Fields()
                .put("tier", content.getTier().name().toLowerCase(Locale.ROOT))
                .put("firstSeq", content.getFirstSeq())
                .put("lastSeq", content.getLastSeq())
                .put("entries", content.getEntries())
                .put("bytes", content.getBytes())
                .put("releasedEntries", content.getReleasedEntries());
    }
}
