package io.tideline.api.server.timelines;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.TidelineServerConfig.Limits;
import io.tideline.api.server.call.MethodMetrics;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResponse;
import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.api.v1.AppendStreamResponse;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.api.v1.GetRequest;
import io.tideline.api.v1.GetResponse;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.HeadsResponse;
import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.ListTimelinesResponse;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.api.v1.TimelineServiceGrpc;
import io.tideline.api.v1.UpdateTimelineRequest;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import io.tideline.core.store.TimelineStore;
import java.time.InstantSource;

/**
 * The methods of {@code tideline.v1.TimelineService}; each goes to the class that knows its part. Never blocks.
 * For back ends only: who may see a timeline of which user or conversation is the business of the messaging services.
 */
public final class TimelineGrpcService extends TimelineServiceGrpc.TimelineServiceImplBase {
    private final UnaryCalls calls;
    private final Appends appends;
    private final Reads reads;
    private final Timelines timelines;
    private final AppendStreams appendStreams;
    private final Watches watches;
    private final MethodMetrics append;
    private final MethodMetrics batchAppend;
    private final MethodMetrics read;
    private final MethodMetrics get;
    private final MethodMetrics heads;
    private final MethodMetrics create;
    private final MethodMetrics update;
    private final MethodMetrics describe;
    private final MethodMetrics list;

    /** @param appended where appends go: the one that tells watchers, and the fan-out of what becomes its business */
    public TimelineGrpcService(
            ServerPorts ports,
            TimelineStore appended,
            Statuses statuses,
            OpenStreams openStreams,
            Limits limits,
            InstantSource clock) {
        MetricRegistry registry = ports.metrics();
        this.calls = new UnaryCalls(statuses);
        this.appends = new Appends(appended, statuses, clock);
        this.reads = new Reads(ports.store());
        this.timelines = new Timelines(ports.directory());
        this.appendStreams = new AppendStreams(
                appended, statuses, openStreams, limits, new MethodMetrics(registry, "AppendStream"), clock);
        this.watches = new Watches(ports.watchHub(), statuses, openStreams, registry);
        this.append = new MethodMetrics(registry, "Append");
        this.batchAppend = new MethodMetrics(registry, "BatchAppend");
        this.read = new MethodMetrics(registry, "Read");
        this.get = new MethodMetrics(registry, "Get");
        this.heads = new MethodMetrics(registry, "Heads");
        this.create = new MethodMetrics(registry, "CreateTimeline");
        this.update = new MethodMetrics(registry, "UpdateTimeline");
        this.describe = new MethodMetrics(registry, "DescribeTimeline");
        this.list = new MethodMetrics(registry, "ListTimelines");
    }

    @Override
    public void append(AppendRequest request, StreamObserver<AppendResponse> observer) {
        calls.answer(append, request, observer, Access.checked(AppendRequest::getTimeline, appends::append));
    }

    @Override
    public void batchAppend(BatchAppendRequest request, StreamObserver<BatchAppendResponse> observer) {
        calls.answer(
                batchAppend,
                request,
                observer,
                Access.checkedAll(BatchAppendRequest::getItemsList, AppendRequest::getTimeline, appends::batchAppend));
    }

    @Override
    public StreamObserver<AppendStreamRequest> appendStream(StreamObserver<AppendStreamResponse> observer) {
        return appendStreams.open((ServerCallStreamObserver<AppendStreamResponse>) observer);
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
        calls.answer(read, request, observer, Access.checked(ReadRequest::getTimeline, reads::read));
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        calls.answer(get, request, observer, Access.checked(GetRequest::getTimeline, reads::get));
    }

    @Override
    public void heads(HeadsRequest request, StreamObserver<HeadsResponse> observer) {
        calls.answer(
                heads,
                request,
                observer,
                Access.checkedAll(HeadsRequest::getQueriesList, HeadQuery::getTimeline, reads::heads));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
        watches.open(request, (ServerCallStreamObserver<WatchResponse>) observer);
    }

    @Override
    public void createTimeline(CreateTimelineRequest request, StreamObserver<TimelineDescription> observer) {
        calls.answer(create, request, observer, Access.checked(CreateTimelineRequest::getTimeline, timelines::create));
    }

    @Override
    public void updateTimeline(UpdateTimelineRequest request, StreamObserver<TimelineDescription> observer) {
        calls.answer(update, request, observer, Access.checked(UpdateTimelineRequest::getTimeline, timelines::update));
    }

    @Override
    public void describeTimeline(DescribeTimelineRequest request, StreamObserver<TimelineDescription> observer) {
        calls.answer(
                describe, request, observer, Access.checked(DescribeTimelineRequest::getTimeline, timelines::describe));
    }

    @Override
    public void listTimelines(ListTimelinesRequest request, StreamObserver<ListTimelinesResponse> observer) {
        calls.answer(list, request, observer, (asked, deadline) -> {
            Caller.current().requireApp(asked.getApp());
            return timelines.list(asked, deadline);
        });
    }
}
