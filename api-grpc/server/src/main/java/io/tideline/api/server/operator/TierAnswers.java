package io.tideline.api.server.operator;

import com.google.protobuf.Duration;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.SchedulerPass;
import io.tideline.api.v1.TierContent;
import io.tideline.core.tier.Tier;
import io.tideline.core.timeline.Watermarks;
import io.tideline.scheduler.LastPass;
import io.tideline.scheduler.TierSummary;

/** Tiers and the scheduler in the words of the contract. */
final class TierAnswers {
    private TierAnswers() {}

    static DescribeTiersResponse description(TierSummary found) {
        Watermarks marks = found.state().watermarks();
        DescribeTiersResponse.Builder answer = DescribeTiersResponse.newBuilder()
                .setLastSeq(found.last().value())
                .setExpiredThroughSeq(marks.expiredThrough().value())
                .setColdThroughSeq(marks.coldThrough().value())
                .setWarmThroughSeq(marks.warmThrough().value())
                .setEpoch(found.state().epoch())
                .setHeld(found.held())
                .setOwnRetention(found.ownRetention());
        found.retention().ifPresent(retention -> answer.setRetention(duration(retention)));
        found.contents().forEach(content -> answer.addTiers(content(content)));
        return answer.build();
    }

    private static TierContent content(TierSummary.Content content) {
        TierContent.Builder answer = TierContent.newBuilder()
                .setTier(tier(content.tier()))
                .setFirstSeq(content.first().value())
                .setLastSeq(content.last().value())
                .setEntries(content.entries())
                .setBytes(content.bytes())
                .setReleasedEntries(content.released());
        content.lag().ifPresent(lag -> answer.setLag(duration(lag)));
        return answer.build();
    }

    static TierContent.Tier tier(Tier tier) {
        return switch (tier) {
            case HOT -> TierContent.Tier.HOT;
            case WARM -> TierContent.Tier.WARM;
            case COLD -> TierContent.Tier.COLD;
        };
    }

    static SchedulerPass pass(LastPass pass) {
        return SchedulerPass.newBuilder()
                .setOutcome(
                        switch (pass.outcome()) {
                            case DONE -> SchedulerPass.Outcome.DONE;
                            case INTERRUPTED -> SchedulerPass.Outcome.INTERRUPTED;
                            case FAILED -> SchedulerPass.Outcome.FAILED;
                        })
                .setEndTime(Responses.timestamp(pass.at()))
                .setTook(duration(pass.took()))
                .setServer(pass.server())
                .setDueTimelines(pass.due())
                .setEntries(pass.entries())
                .setBytes(pass.bytes())
                .setExpiredEntries(pass.expired())
                .setFailedTimelines(pass.failed())
                .setLagDays(pass.lagDays())
                .build();
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
