package io.tideline.api.server;

import static io.tideline.api.server.Messages.append;
import static io.tideline.api.server.Messages.conversation;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.GetSchedulerRequest;
import io.tideline.api.v1.PlannedMove;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.RunSchedulerRequest;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.SetSchedulerPausedRequest;
import io.tideline.api.v1.TierContent;
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
                        org.assertj.core.groups.Tuple.tuple(TierContent.Tier.HOT, 4L, 5L),
                        org.assertj.core.groups.Tuple.tuple(TierContent.Tier.WARM, 1L, 3L));
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
