package io.tideline.api.server.operator;

import static io.tideline.core.timeline.TimelineFamily.CONVERSATION;
import static io.tideline.core.timeline.TimelineFamily.PERSONAL;

import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.GetSchedulerRequest;
import io.tideline.api.v1.PlannedMove;
import io.tideline.api.v1.RunSchedulerRequest;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.SchedulerStatus;
import io.tideline.api.v1.SetHoldRequest;
import io.tideline.api.v1.SetHoldResponse;
import io.tideline.api.v1.SetSchedulerPausedRequest;
import io.tideline.api.v1.TierContent;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.TableTier;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.scheduler.MovePlan;
import io.tideline.scheduler.PassReport;
import io.tideline.scheduler.SchedulerPorts;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What operators ask about tiers, and tell the scheduler. */
final class TierCalls {
    private final ServerPorts ports;

    TierCalls(ServerPorts ports) {
        this.ports = ports;
    }

    CompletableFuture<DescribeTiersResponse> describe(DescribeTiersRequest request, Deadline deadline) {
        Caller.current().requireOperator(request.getTimeline().getApp());
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId named = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        violations.throwIfAny();
        TimelineId timeline = Objects.requireNonNull(named);
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline).thenCompose(heads -> {
            @Nullable Head head = heads.get(timeline);
            if (head == null) {
                throw new CallFailure(Statuses.timelineNotFound());
            }
            return ports.scheduler()
                    .ports()
                    .watermarks()
                    .state(timeline, deadline)
                    .thenCompose(state -> contents(timeline, head.last(), state, deadline))
                    .thenCombine(
                            ports.scheduler().holds().isHeld(timeline, deadline),
                            (contents, held) -> contents.setHeld(held).build());
        });
    }

    private CompletableFuture<DescribeTiersResponse.Builder> contents(
            TimelineId timeline, SequenceId last, TierState state, Deadline deadline) {
        SchedulerPorts tiers = ports.scheduler().ports();
        Watermarks marks = state.watermarks();
        CompletableFuture<TierContent> hot =
                content(TierContent.Tier.HOT, tiers.hot(), timeline, marks.hotReleased(), last, deadline);
        CompletableFuture<TierContent> warm = content(
                TierContent.Tier.WARM, tiers.warm(), timeline, marks.warmReleased(), marks.warmThrough(), deadline);
        return hot.thenCombine(warm, (h, w) -> DescribeTiersResponse.newBuilder()
                .setLastSeq(last.value())
                .setExpiredThroughSeq(marks.expiredThrough().value())
                .setColdThroughSeq(marks.coldThrough().value())
                .setWarmThroughSeq(marks.warmThrough().value())
                .setEpoch(state.epoch())
                .addTiers(h)
                .addTiers(w));
    }

    /** @param released up to where nothing is read from the tier */
    private static CompletableFuture<TierContent> content(
            TierContent.Tier name,
            TableTier tier,
            TimelineId timeline,
            SequenceId released,
            SequenceId last,
            Deadline deadline) {
        CompletableFuture<RangeDigest> here = digest(tier, timeline, released.next(), last, deadline);
        CompletableFuture<RangeDigest> gone = digest(tier, timeline, SequenceId.FIRST, released, deadline);
        return here.thenCombine(gone, (digest, before) -> TierContent.newBuilder()
                .setTier(name)
                .setFirstSeq(digest.first().value())
                .setLastSeq(digest.last().value())
                .setEntries(digest.count())
                .setBytes(digest.bytes())
                .setReleasedEntries(before.count())
                .build());
    }

    private static CompletableFuture<RangeDigest> digest(
            TableTier tier, TimelineId timeline, SequenceId first, SequenceId last, Deadline deadline) {
        return first.isAfter(last)
                ? CompletableFuture.completedFuture(RangeDigest.EMPTY)
                : tier.digest(new EntryRange(timeline, first, last), deadline);
    }

    CompletableFuture<SetHoldResponse> hold(SetHoldRequest request, Deadline deadline) {
        boolean held = request.getHeld();
        SetHoldResponse answer = SetHoldResponse.newBuilder().setHeld(held).build();
        FieldViolations violations = new FieldViolations();
        if (request.getTargetCase() == SetHoldRequest.TargetCase.APP) {
            Caller.current().requireOperator(request.getApp());
            @Nullable AppId app = Requests.app("app", request.getApp(), violations);
            violations.throwIfAny();
            return ports.scheduler()
                    .holds()
                    .hold(Objects.requireNonNull(app), held, deadline)
                    .thenApply(done -> answer);
        }
        Caller.current().requireOperator(request.getTimeline().getApp());
        @Nullable TimelineId named = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        if (named != null && named.family() != CONVERSATION && named.family() != PERSONAL) {
            violations.add("timeline.family", "timeline.family: " + named.family() + " (expected: one with tiers)");
        }
        violations.throwIfAny();
        TimelineId timeline = Objects.requireNonNull(named);
        return ports.store().heads(List.of(HeadQuery.of(timeline)), deadline).thenCompose(heads -> {
            if (!heads.containsKey(timeline)) {
                throw new CallFailure(Statuses.timelineNotFound());
            }
            return ports.scheduler().holds().hold(timeline, held, deadline).thenApply(done -> answer);
        });
    }

    CompletableFuture<SchedulerStatus> status(GetSchedulerRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        return status();
    }

    private CompletableFuture<SchedulerStatus> status() {
        return ports.scheduler().status().thenApply(status -> SchedulerStatus.newBuilder()
                .setPaused(status.paused())
                .setWorker(status.worker().orElse(""))
                .build());
    }

    CompletableFuture<SchedulerStatus> pause(SetSchedulerPausedRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        return ports.scheduler().pause(request.getPaused()).thenCompose(done -> status());
    }

    CompletableFuture<RunSchedulerResponse> run(RunSchedulerRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        return ports.scheduler().run(request.getDryRun()).thenApply(TierCalls::answer);
    }

    private static RunSchedulerResponse answer(PassReport report) {
        RunSchedulerResponse.Builder response = RunSchedulerResponse.newBuilder()
                .setState(
                        switch (report.state()) {
                            case DONE -> RunSchedulerResponse.State.DONE;
                            case PAUSED -> RunSchedulerResponse.State.PAUSED;
                            case STANDBY -> RunSchedulerResponse.State.STANDBY;
                        })
                .setTimelines(report.timelines())
                .setDueTimelines(report.due())
                .setEntries(report.entries())
                .setBytes(report.bytes())
                .setExpiredEntries(report.expired())
                .setFailedTimelines(report.failed());
        for (MovePlan plan : report.plans()) {
            response.addMoves(PlannedMove.newBuilder()
                    .setTimeline(Responses.timeline(plan.timeline()))
                    .setFirstSeq(plan.first().value())
                    .setThroughSeq(plan.through().value()));
        }
        return response.build();
    }
}
