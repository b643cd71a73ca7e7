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
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import io.tideline.scheduler.MovePlan;
import io.tideline.scheduler.PassReport;
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
                    .survey()
                    .of(timeline, head.last(), ports.history().archive(), deadline)
                    .thenApply(TierAnswers::description);
        });
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
        return statusAndPass();
    }

    /** What the registers say, with the last pass. */
    CompletableFuture<SchedulerStatus> statusAndPass() {
        return status().thenCombine(ports.scheduler().lastPass(), (status, pass) -> pass.map(last ->
                        status.toBuilder().setLastPass(TierAnswers.pass(last)).build())
                .orElse(status));
    }

    private CompletableFuture<SchedulerStatus> status() {
        return ports.scheduler().status().thenApply(status -> SchedulerStatus.newBuilder()
                .setPaused(status.paused())
                .setWorker(status.worker().orElse(""))
                .build());
    }

    CompletableFuture<SchedulerStatus> pause(SetSchedulerPausedRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        return ports.scheduler().pause(request.getPaused()).thenCompose(done -> statusAndPass());
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
