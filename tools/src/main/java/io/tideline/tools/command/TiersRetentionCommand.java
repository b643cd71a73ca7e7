package io.tideline.tools.command;

import com.google.protobuf.Duration;
import io.tideline.api.v1.SetRetentionRequest;
import io.tideline.api.v1.SetRetentionResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** How long a conversation is kept, whatever the policies say. */
@Command(
        name = "retention",
        description =
                "Gives a conversation a retention of its own, in place of that of the policies, or takes it away.",
        footer = {
            "  tideline tiers retention shop/conversation/1k3v9m2x0w8 90d",
            "  tideline tiers retention shop/conversation/1k3v9m2x0w8 none      # nothing expires",
            "  tideline tiers retention shop/conversation/1k3v9m2x0w8 default   # as the policies say",
            "",
            "It counts for the conversation's personal timelines, too. What is held does not expire all the same; what has",
            "expired does not come back."
        })
public final class TiersRetentionCommand extends ServerCommand {
    private static final String NONE = "none";
    private static final String DEFAULT = "default";

    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(index = "0", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "RETENTION", description = "An age (90d, 12h, 30m, 45s), none or default.")
    private String retention = "";

    @Override
    public Integer call() {
        SetRetentionRequest request = request();
        try (TidelineClient client = connection.open()) {
            SetRetentionResponse answer = connection.await(client.operator().setRetention(request));
            output.document()
                    .print(new Fields()
                            .put(
                                    "retentionSeconds",
                                    answer.hasRetention()
                                            ? answer.getRetention().getSeconds()
                                            : null)
                            .put("ownRetention", answer.getOwnRetention()));
        }
        return ExitCode.OK;
    }

    private SetRetentionRequest request() {
        SetRetentionRequest.Builder request = SetRetentionRequest.newBuilder().setTimeline(timelines.timeline(name));
        switch (retention) {
            case NONE -> request.setKeepForEver(true);
            case DEFAULT -> {}
            default -> request.setKeepFor(age());
        }
        return request.build();
    }

    private Duration age() {
        java.time.Duration age;
        try {
            age = new DurationText().convert(retention);
        } catch (TypeConversionException e) {
            age = java.time.Duration.ZERO;
        }
        common.require(
                !age.isZero(), "RETENTION: '" + retention + "' (expected: an age as 90d or 12h, none or default)");
        return Duration.newBuilder()
                .setSeconds(age.getSeconds())
                .setNanos(age.getNano())
                .build();
    }
}
