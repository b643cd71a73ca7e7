package io.tideline.client;

import io.grpc.stub.ClientCalls;
import io.tideline.api.v1.DescribeTiersRequest;
import io.tideline.api.v1.DescribeTiersResponse;
import io.tideline.api.v1.GetSchedulerRequest;
import io.tideline.api.v1.GetTierOverviewRequest;
import io.tideline.api.v1.InspectRequest;
import io.tideline.api.v1.InspectResponse;
import io.tideline.api.v1.ListFanoutRequest;
import io.tideline.api.v1.ListFanoutResponse;
import io.tideline.api.v1.OperatorServiceGrpc;
import io.tideline.api.v1.RunSchedulerRequest;
import io.tideline.api.v1.RunSchedulerResponse;
import io.tideline.api.v1.SchedulerStatus;
import io.tideline.api.v1.ServerInfoRequest;
import io.tideline.api.v1.ServerInfoResponse;
import io.tideline.api.v1.SetHoldRequest;
import io.tideline.api.v1.SetHoldResponse;
import io.tideline.api.v1.SetRetentionRequest;
import io.tideline.api.v1.SetRetentionResponse;
import io.tideline.api.v1.SetSchedulerPausedRequest;
import io.tideline.api.v1.TierOverview;
import io.tideline.api.v1.TimelineReport;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifySummary;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** Looks below the API, with the retries and failures of {@link TidelineClient}. */
public final class OperatorClient {
    private final CallContext context;

    OperatorClient(CallContext context) {
        this.context = context;
    }

    public CompletableFuture<ServerInfoResponse> serverInfo() {
        return context.unary(
                OperatorServiceGrpc.getServerInfoMethod(),
                ServerInfoRequest.getDefaultInstance(),
                Repeat.ALWAYS,
                Function.identity());
    }

    public CompletableFuture<InspectResponse> inspect(InspectRequest request) {
        return context.unary(OperatorServiceGrpc.getInspectMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** Reads one page of the conversations whose fan-out is not finished. */
    public CompletableFuture<ListFanoutResponse> listFanout(ListFanoutRequest request) {
        return context.unary(OperatorServiceGrpc.getListFanoutMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<DescribeTiersResponse> describeTiers(DescribeTiersRequest request) {
        return context.unary(OperatorServiceGrpc.getDescribeTiersMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** What all tiers have, as far as it is known without counting. */
    public CompletableFuture<TierOverview> tierOverview() {
        return context.unary(
                OperatorServiceGrpc.getGetTierOverviewMethod(),
                GetTierOverviewRequest.getDefaultInstance(),
                Repeat.ALWAYS,
                Function.identity());
    }

    public CompletableFuture<SchedulerStatus> scheduler() {
        return context.unary(
                OperatorServiceGrpc.getGetSchedulerMethod(),
                GetSchedulerRequest.getDefaultInstance(),
                Repeat.ALWAYS,
                Function.identity());
    }

    /** Pauses the store scheduler of the installation, or lets it go on. */
    public CompletableFuture<SchedulerStatus> pauseScheduler(boolean paused) {
        SetSchedulerPausedRequest request =
                SetSchedulerPausedRequest.newBuilder().setPaused(paused).build();
        return context.unary(
                OperatorServiceGrpc.getSetSchedulerPausedMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** Holds a conversation or an app, or lifts the hold. */
    public CompletableFuture<SetHoldResponse> setHold(SetHoldRequest request) {
        return context.unary(OperatorServiceGrpc.getSetHoldMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** Gives a conversation a retention of its own, or takes it away. */
    public CompletableFuture<SetRetentionResponse> setRetention(SetRetentionRequest request) {
        return context.unary(OperatorServiceGrpc.getSetRetentionMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** One pass now. Safe to repeat: what was moved is not moved again. */
    public CompletableFuture<RunSchedulerResponse> runScheduler(boolean dryRun) {
        RunSchedulerRequest request =
                RunSchedulerRequest.newBuilder().setDryRun(dryRun).build();
        return context.unary(OperatorServiceGrpc.getRunSchedulerMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /**
     * Verifies timelines. Reports arrive one at a time on a thread of the transport, as fast as the consumer returns.
     * Takes as long as it takes and is not repeated, as reports would come twice; cancelling the future ends it.
     */
    public CompletableFuture<VerifySummary> verify(VerifyRequest request, Consumer<TimelineReport> reports) {
        if (context.openCalls().isClosed()) {
            return CompletableFuture.failedFuture(CallFailure.closed());
        }
        var call = context.channels().next().newCall(OperatorServiceGrpc.getVerifyMethod(), context.streamOptions());
        VerifyCall verify = new VerifyCall(context.openCalls(), reports);
        ClientCalls.asyncServerStreamingCall(call, request, verify);
        return verify.summary();
    }
}
