package io.tideline.api.server.operator;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
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
import io.tideline.api.v1.StoredCell;
import io.tideline.api.v1.TierOverview;
import io.tideline.api.v1.VerifyRequest;
import io.tideline.api.v1.VerifyResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineInspection;
import io.tideline.core.store.TimelineInspector;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.verify.TimelineVerifier;
import io.tideline.sync.fanout.FanoutWorker;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The methods of {@code tideline.v1.OperatorService}. Never blocks. */
public final class OperatorGrpcService extends OperatorServiceGrpc.OperatorServiceImplBase {
    private final ServerPorts ports;
    private final String version;
    private final UnaryCalls calls;
    private final Verifications verifications;
    private final MethodMetrics serverInfo;
    private final MethodMetrics inspect;
    private final UnaryMethod<ListFanoutRequest, ListFanoutResponse> listFanout;
    private final UnaryMethod<DescribeTiersRequest, DescribeTiersResponse> describeTiers;
    private final UnaryMethod<GetTierOverviewRequest, TierOverview> getTierOverview;
    private final UnaryMethod<GetSchedulerRequest, SchedulerStatus> getScheduler;
    private final UnaryMethod<SetSchedulerPausedRequest, SchedulerStatus> setSchedulerPaused;
    private final UnaryMethod<RunSchedulerRequest, RunSchedulerResponse> runScheduler;
    private final UnaryMethod<SetHoldRequest, SetHoldResponse> setHold;
    private final UnaryMethod<SetRetentionRequest, SetRetentionResponse> setRetention;

    /**
     * The service over these ports.
     *
     * @param version Tideline's own
     */
    public OperatorGrpcService(
            ServerPorts ports, FanoutWorker fanout, String version, Statuses statuses, OpenStreams openStreams) {
        MetricRegistry registry = ports.metrics();
        this.ports = ports;
        this.version = version;
        this.calls = new UnaryCalls(statuses);
        this.verifications = new Verifications(
                new TimelineVerifier(ports.store(), ports.directory()),
                ports.directory(),
                statuses,
                openStreams,
                new MethodMetrics(registry, "Verify"));
        this.serverInfo = new MethodMetrics(registry, "ServerInfo");
        this.inspect = new MethodMetrics(registry, "Inspect");
        this.listFanout = calls.method(registry, "ListFanout", new FanoutTasks(fanout)::list);
        TierCalls tiers = new TierCalls(ports);
        this.describeTiers = calls.method(registry, "DescribeTiers", tiers::describe);
        this.getTierOverview = calls.method(registry, "GetTierOverview", new TierOverviews(ports, tiers)::overview);
        this.getScheduler = calls.method(registry, "GetScheduler", tiers::status);
        this.setSchedulerPaused = calls.method(registry, "SetSchedulerPaused", tiers::pause);
        this.runScheduler = calls.method(registry, "RunScheduler", tiers::run);
        this.setHold = calls.method(registry, "SetHold", tiers::hold);
        this.setRetention = calls.method(registry, "SetRetention", new RetentionCalls(ports)::set);
    }

    @Override
    public void serverInfo(ServerInfoRequest request, StreamObserver<ServerInfoResponse> observer) {
        calls.answer(serverInfo, request, observer, (nothing, deadline) -> {
            Caller.current().requireOperator();
            return CompletableFuture.completedFuture(ServerInfoResponse.newBuilder()
                    .setVersion(version)
                    .setStorage(ports.storage().description())
                    .setSequencerVersion(ports.storage().sequencerVersion())
                    .putAllMetrics(MetricValues.of(ports.metrics()))
                    .build());
        });
    }

    @Override
    public void inspect(InspectRequest request, StreamObserver<InspectResponse> observer) {
        calls.answer(inspect, request, observer, this::inspected);
    }

    private CompletableFuture<InspectResponse> inspected(InspectRequest request, Deadline deadline) {
        Caller.current().requireOperator(request.getTimeline().getApp());
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId named = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        int cells = request.getMaxCells();
        if (cells < 0 || cells > TimelineInspector.MAX_ROWS) {
            violations.add("max_cells", "max_cells: " + cells + " (expected: 0.." + TimelineInspector.MAX_ROWS + ")");
        }
        violations.throwIfAny();

        TimelineId timeline = Objects.requireNonNull(named);
        return ports.directory()
                .describe(timeline, SequenceId.NONE, deadline)
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        throw new CallFailure(Statuses.timelineNotFound());
                    }
                    return ports.inspector().inspect(timeline, cells, deadline);
                })
                .thenApply(inspection -> answer(inspection, cells));
    }

    /** A row may have more cells than one: the answer holds as many as were asked for. */
    private static InspectResponse answer(TimelineInspection inspection, int maxCells) {
        InspectResponse.Builder response = InspectResponse.newBuilder()
                .setDescription(Responses.description(inspection.description()))
                .setTable(inspection.table())
                .setRegion(inspection.region())
                .setServer(inspection.server())
                .setEntryRows(inspection.entryRows())
                .setStoredBytes(inspection.storedBytes());
        inspection.rows().stream().limit(maxCells).forEach(cell -> response.addCells(cell(cell)));
        return response.build();
    }

    private static StoredCell cell(TimelineInspection.StoredCell cell) {
        return StoredCell.newBuilder()
                .setRowHex(cell.rowHex())
                .setColumn(cell.column())
                .setTimestamp(Responses.timestamp(cell.timestamp()))
                .setValueBytes(cell.valueBytes())
                .setDecoded(cell.decoded())
                .build();
    }

    @Override
    public void listFanout(ListFanoutRequest request, StreamObserver<ListFanoutResponse> observer) {
        listFanout.call(request, observer);
    }

    @Override
    public void describeTiers(DescribeTiersRequest request, StreamObserver<DescribeTiersResponse> observer) {
        describeTiers.call(request, observer);
    }

    @Override
    public void getTierOverview(GetTierOverviewRequest request, StreamObserver<TierOverview> observer) {
        getTierOverview.call(request, observer);
    }

    @Override
    public void getScheduler(GetSchedulerRequest request, StreamObserver<SchedulerStatus> observer) {
        getScheduler.call(request, observer);
    }

    @Override
    public void setSchedulerPaused(SetSchedulerPausedRequest request, StreamObserver<SchedulerStatus> observer) {
        setSchedulerPaused.call(request, observer);
    }

    @Override
    public void runScheduler(RunSchedulerRequest request, StreamObserver<RunSchedulerResponse> observer) {
        runScheduler.call(request, observer);
    }

    @Override
    public void setHold(SetHoldRequest request, StreamObserver<SetHoldResponse> observer) {
        setHold.call(request, observer);
    }

    @Override
    public void setRetention(SetRetentionRequest request, StreamObserver<SetRetentionResponse> observer) {
        setRetention.call(request, observer);
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<VerifyResponse> observer) {
        verifications.open(request, (ServerCallStreamObserver<VerifyResponse>) observer);
    }
}
