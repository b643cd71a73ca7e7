package io.tideline.tools.command;

import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.TierContent;
import io.tideline.api.v1.TierOverview;
import io.tideline.api.v1.TierTotal;
import io.tideline.client.OperatorClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which tier has what, of a timeline or of all. */
@Command(
        name = "tiers",
        description =
                "Shows which tier has which entries of a timeline, how many bytes, and what of them is late; or, without"
                        + " a timeline, what all tiers take up and how the scheduler gets on. Holds and lifts holds, and sets retentions.",
        subcommands = {TiersHoldCommand.class, TiersLiftCommand.class, TiersRetentionCommand.class},
        footer = {
            "  tideline tiers",
            "  tideline tiers '#ubuntu'",
            "  tideline tiers shop/conversation/room -o json",
            "  tideline tiers hold shop/conversation/room",
            "  tideline tiers lift --whole-app --app shop",
            "  tideline tiers retention shop/conversation/room 90d",
            "",
            "lagSeconds is the age of the oldest entry that is due to leave a tier and has not. Bytes of a timeline are as",
            "stored, uncompressed, in tables; in files its part of compressed files, by the number of its entries. Bytes of",
            "all are those of store files and files; hot has heads and records, too."
        })
public final class TiersCommand extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(arity = "0..1", paramLabel = "TIMELINE", description = "app/family/id, or an id; none for all.")
    private String name = "";

    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            OperatorClient operator = client.operator();
            output.document()
                    .print(
                            name.isEmpty()
                                    ? overview(connection.await(operator.tierOverview()))
                                    : fields(connection.await(operator.describeTiers(request()))));
        }
        return ExitCode.OK;
    }

    private DescribeTiersRequest request() {
        return DescribeTiersRequest.newBuilder()
                .setTimeline(timelines.timeline(name))
                .build();
    }

    private static Fields overview(TierOverview found) {
        Fields fields = new Fields();
        for (TierTotal total : found.getTiersList()) {
            boolean files = total.getTier() == TierContent.Tier.COLD;
            fields.put(
                    tier(total.getTier()),
                    new Fields()
                            .put("entries", total.hasEntries() ? total.getEntries() : null)
                            .put("bytes", total.hasBytes() ? total.getBytes() : null)
                            .put("memoryBytes", total.hasBytes() && !files ? total.getMemoryBytes() : null)
                            .put(files ? "files" : "regions", total.hasBytes() ? total.getParts() : null)
                            .asMap());
        }
        return fields.put("scheduler", SchedulerFields.of(found.getScheduler()).asMap())
                .put("policyArchives", found.getPolicyArchives())
                .put("lastArchiveCommitTime", EntryFields.instant(found.getLastArchiveCommitTime()))
                .put(
                        "lastArchiveRunTime",
                        found.hasLastArchiveRunTime() ? EntryFields.instant(found.getLastArchiveRunTime()) : null);
    }

    private static String tier(TierContent.Tier tier) {
        return tier.name().toLowerCase(Locale.ROOT);
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
                        "retentionSeconds",
                        found.hasRetention() ? found.getRetention().getSeconds() : null)
                .put("ownRetention", found.getOwnRetention())
                .put(
                        "tiers",
                        found.getTiersList().stream().map(TiersCommand::content).toList());
    }

    private static Fields content(TierContent content) {
        return new Fields()
                .put("tier", tier(content.getTier()))
                .put("firstSeq", content.getFirstSeq())
                .put("lastSeq", content.getLastSeq())
                .put("entries", content.getEntries())
                .put("bytes", content.getBytes())
                .put("releasedEntries", content.getReleasedEntries())
                .put("lagSeconds", content.hasLag() ? content.getLag().getSeconds() : null);
    }
}
