package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.GetSchedulerRequest;
import io.tideline.api.v1.GetTierOverviewRequest;
import io.tideline.api.v1.PlannedMove;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.RunSchedulerRequest;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.SchedulerPass;
import io.tideline.api.v1.SetRetentionRequest;
import io.tideline.api.v1.SetRetentionResponse;
import io.tideline.api.v1.SetSchedulerPausedRequest;
import io.tideline.api.v1.TierContent;
import io.tideline.api.v1.TierOverview;
import io.tideline.api.v1.TierTotal;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of tiers; the fixture's scheduler keeps two entries of each timeline hot. */
final class TiersTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    @Test
    void runScheduler_movesAndTells_andReadsStayTheSame() {
        fixture.timelines.append(append("c", "a", "b", "d", "e", "f"));
        ReadRequest all =
                ReadRequest.newBuilder().setTimeline(conversation("c")).build();
        var before = fixture.timelines.read(all).getEntriesList();

        RunSchedulerResponse planned = run(true);
        RunSchedulerResponse moved = run(false);

        assertThat(planned.getEntries()).isEqualTo(3);
        assertThat(planned.getMovesList())
                .containsExactly(PlannedMove.newBuilder()
                        .setTimeline(conversation("c"))
                        .setFirstSeq(1)
                        .setThroughSeq(3)
                        .build());
        assertThat(moved.getState()).isEqualTo(RunSchedulerResponse.State.DONE);
        assertThat(moved.getEntries()).isEqualTo(3);
        assertThat(moved.getBytes()).isPositive();
        assertThat(fixture.timelines.read(all).getEntriesList()).isEqualTo(before);
        DescribeTiersResponse tiers = describe("c");
        assertThat(tiers.getWarmThroughSeq()).isEqualTo(3);
        assertThat(tiers.getTiersList())
                .extracting(TierContent::getTier, TierContent::getFirstSeq, TierContent::getLastSeq)
                .containsExactly(
                        tuple(TierContent.Tier.HOT, 4L, 5L),
                        tuple(TierContent.Tier.WARM, 1L, 3L),
                        tuple(TierContent.Tier.COLD, 0L, 0L));
    }

    @Test
    void describeTiers_lateAndArchivedEntries_areTold() {
        TimelineId timeline = TimelineId.conversation("shop", "c");
        fixture.timelines.append(append("c", "a", "b", "d", "e", "f"));
        TierContent late = describe("c").getTiers(0);
        run(false);
        fixture.archive(timeline, 2);

        DescribeTiersResponse tiers = describe("c");

        assertThat(late.hasLag()).isTrue();
        assertThat(tiers.getTiers(0).hasLag()).isFalse();
        assertThat(tiers.getTiers(2))
                .isEqualTo(TierContent.newBuilder()
                        .setTier(TierContent.Tier.COLD)
                        .setFirstSeq(1)
                        .setLastSeq(2)
                        .setEntries(2)
                        .setBytes(200)
                        .build());
    }

    @Test
    void getTierOverview_tellsOfTablesFilesAndThePass() {
        fixture.timelines.append(append("c", "a", "b", "d", "e", "f"));
        TierOverview before = fixture.operator.getTierOverview(GetTierOverviewRequest.getDefaultInstance());
        run(false);

        TierOverview after = fixture.operator.getTierOverview(GetTierOverviewRequest.getDefaultInstance());

        assertThat(before.getScheduler().hasLastPass()).isFalse();
        assertThat(after.getScheduler().getLastPass().getOutcome()).isEqualTo(SchedulerPass.Outcome.DONE);
        assertThat(after.getScheduler().getLastPass().getDueTimelines()).isEqualTo(1);
        assertThat(after.getScheduler().getLastPass().getEntries()).isEqualTo(3);
        assertThat(after.getTiersList())
                .containsExactly(
                        TierTotal.newBuilder()
                                .setTier(TierContent.Tier.HOT)
                                .setBytes(5_000_000)
                                .setMemoryBytes(1_000_000)
                                .setParts(2)
                                .build(),
                        TierTotal.newBuilder().setTier(TierContent.Tier.WARM).build(),
                        TierTotal.newBuilder()
                                .setTier(TierContent.Tier.COLD)
                                .setEntries(1_000)
                                .setBytes(40_000)
                                .setParts(3)
                                .build());
        assertThat(after.getLastArchiveCommitTime().getSeconds()).isEqualTo(ScriptedArchive.COMMITTED.getEpochSecond());
        assertThat(after.getLastArchiveRunTime().getSeconds())
                .isEqualTo(ScriptedArchive.COMMITTED.getEpochSecond() - 60);
        assertThat(after.getPolicyArchives()).isFalse();
    }

    @Test
    void pausedScheduler_movesNothing() {
        fixture.timelines.append(append("c", "a", "b", "d"));

        assertThat(fixture.operator
                        .setSchedulerPaused(SetSchedulerPausedRequest.newBuilder()
                                .setPaused(true)
                                .build())
                        .getPaused())
                .isTrue();

        assertThat(fixture.operator
                        .getScheduler(GetSchedulerRequest.getDefaultInstance())
                        .getPaused())
                .isTrue();
        assertThat(run(false).getState()).isEqualTo(RunSchedulerResponse.State.PAUSED);
        assertThat(describe("c").getWarmThroughSeq()).isZero();
    }

    @Test
    void setRetention_isHeededByTheSchedulerAndShown() {
        fixture.timelines.append(ofLongAgo("c"));
        fixture.timelines.append(ofLongAgo("other"));
        SetRetentionRequest day = SetRetentionRequest.newBuilder()
                .setTimeline(conversation("c"))
                .setKeepFor(Duration.newBuilder().setSeconds(86_400))
                .build();

        SetRetentionResponse set = fixture.operator.setRetention(day);
        RunSchedulerResponse pass = run(false);

        assertThat(set.getOwnRetention()).isTrue();
        assertThat(set.getRetention()).isEqualTo(day.getKeepFor());
        assertThat(pass.getExpiredEntries()).isEqualTo(3);
        assertThat(describe("c").getExpiredThroughSeq()).isEqualTo(3);
        assertThat(describe("c").getRetention()).isEqualTo(day.getKeepFor());
        assertThat(describe("c").getOwnRetention()).isTrue();
        assertThat(describe("other").getExpiredThroughSeq()).isZero();
        assertThat(describe("other").hasRetention()).isFalse();
    }

    private static AppendRequest ofLongAgo(String timeline) {
        AppendRequest.Builder request = append(timeline, "a", "b", "d").toBuilder();
        request.getEntriesBuilderList()
                .forEach(entry -> entry.setOriginalTime(Timestamp.newBuilder().setSeconds(1_600_000_000)));
        return request.build();
    }

    @Test
    void setRetention_outOfBoundsOrUnknown_isRefused() {
        SetRetentionRequest room =
                SetRetentionRequest.newBuilder().setTimeline(conversation("c")).build();
        fixture.timelines.append(append("c", "a"));

        for (SetRetentionRequest wrong : List.of(
                room.toBuilder().setKeepFor(Duration.getDefaultInstance()).build(),
                room.toBuilder()
                        .setKeepFor(Duration.newBuilder().setSeconds(-1))
                        .build(),
                room.toBuilder()
                        .setKeepFor(Duration.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build(),
                room.toBuilder().setKeepForEver(false).build(),
                SetRetentionRequest.getDefaultInstance())) {
            assertThat(failureOf(() -> fixture.operator.setRetention(wrong)).code())
                    .isEqualTo(Code.INVALID_ARGUMENT);
        }
        SetRetentionRequest unknown = room.toBuilder()
                .setTimeline(conversation("nobody"))
                .setKeepForEver(true)
                .build();
        assertThat(failureOf(() -> fixture.operator.setRetention(unknown)).reason())
                .isEqualTo("TIMELINE_NOT_FOUND");
    }

    @Test
    void describeTiers_unknownOrUnnamed_isRefused() {
        assertThat(failureOf(() -> describe("nobody")).reason()).isEqualTo("TIMELINE_NOT_FOUND");
        assertThat(failureOf(() -> fixture.operator.describeTiers(DescribeTiersRequest.getDefaultInstance()))
                        .code())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    private RunSchedulerResponse run(boolean dryRun) {
        return fixture.operator.runScheduler(
                RunSchedulerRequest.newBuilder().setDryRun(dryRun).build());
    }

    private DescribeTiersResponse describe(String name) {
        return fixture.operator.describeTiers(DescribeTiersRequest.newBuilder()
                .setTimeline(conversation(name))
                .build());
    }
}
