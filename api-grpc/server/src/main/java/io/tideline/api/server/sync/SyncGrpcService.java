package io.tideline.api.server.sync;

import com.codahale.metrics.MetricRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.CommitConsumerResponse;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.ForgetDeviceResponse;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.GetCheckpointsResponse;
import io.tideline.api.v1.GetReceiptsRequest;
import io.tideline.api.v1.GetReceiptsResponse;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListDevicesRequest;
import io.tideline.api.v1.ListDevicesResponse;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SetCheckpointsResponse;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.api.v1.SyncServiceGrpc;
import io.tideline.api.v1.UpdateUserConversationRequest;
import io.tideline.core.store.TimelineStore;
import io.tideline.sync.consumer.Consumers;
import io.tideline.sync.device.SyncService;
import io.tideline.sync.push.PushHub;
import io.tideline.sync.unread.UnreadService;
import java.util.concurrent.ScheduledExecutorService;

/** The methods of {@code tideline.v1.SyncService}. Never blocks. */
public final class SyncGrpcService extends SyncServiceGrpc.SyncServiceImplBase {
    private final UnaryMethod<SyncRequest, SyncResponse> sync;
    private final UnaryMethod<SetCheckpointsRequest, SetCheckpointsResponse> setCheckpoints;
    private final UnaryMethod<GetCheckpointsRequest, GetCheckpointsResponse> getCheckpoints;
    private final UnaryMethod<ListDevicesRequest, ListDevicesResponse> listDevices;
    private final UnaryMethod<ForgetDeviceRequest, ForgetDeviceResponse> forgetDevice;
    private final UnaryMethod<GetUnreadRequest, GetUnreadResponse> getUnread;
    private final UnaryMethod<MarkReadRequest, ConversationUnread> markRead;
    private final UnaryMethod<UpdateUserConversationRequest, ConversationUnread> update;
    private final UnaryMethod<GetReceiptsRequest, GetReceiptsResponse> getReceipts;
    private final UnaryMethod<PollConsumerRequest, PollConsumerResponse> poll;
    private final UnaryMethod<CommitConsumerRequest, CommitConsumerResponse> commit;
    private final Subscriptions subscriptions;

    /** @param timer for polls that wait */
    public SyncGrpcService(
            SyncService service,
            UnreadService unread,
            Consumers consumers,
            TimelineStore store,
            PushHub push,
            ScheduledExecutorService timer,
            Statuses statuses,
            OpenStreams openStreams,
            MetricRegistry registry) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Devices devices = new Devices(service);
        Unread counts = new Unread(unread, store);
        ConsumerCalls consumerCalls = new ConsumerCalls(consumers, timer);
        this.sync = calls.method(registry, "Sync", devices::sync);
        this.setCheckpoints = calls.method(registry, "SetCheckpoints", devices::setCheckpoints);
        this.getCheckpoints = calls.method(registry, "GetCheckpoints", devices::getCheckpoints);
        this.listDevices = calls.method(registry, "ListDevices", devices::list);
        this.forgetDevice = calls.method(registry, "ForgetDevice", devices::forget);
        this.getUnread = calls.method(registry, "GetUnread", counts::get);
        this.markRead = calls.method(registry, "MarkRead", counts::markRead);
        this.update = calls.method(registry, "UpdateUserConversation", counts::update);
        this.getReceipts = calls.method(registry, "GetReceipts", counts::receipts);
        this.poll = calls.method(registry, "PollConsumer", consumerCalls::poll);
        this.commit = calls.method(registry, "CommitConsumer", consumerCalls::commit);
        this.subscriptions = new Subscriptions(push, statuses, openStreams, registry);
    }

    @Override
    public void sync(SyncRequest request, StreamObserver<SyncResponse> observer) {
        sync.call(request, observer);
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> observer) {
        return subscriptions.open((ServerCallStreamObserver<SubscribeResponse>) observer);
    }

    @Override
    public void setCheckpoints(SetCheckpointsRequest request, StreamObserver<SetCheckpointsResponse> observer) {
        setCheckpoints.call(request, observer);
    }

    @Override
    public void getCheckpoints(GetCheckpointsRequest request, StreamObserver<GetCheckpointsResponse> observer) {
        getCheckpoints.call(request, observer);
    }

    @Override
    public void listDevices(ListDevicesRequest request, StreamObserver<ListDevicesResponse> observer) {
        listDevices.call(request, observer);
    }

    @Override
    public void forgetDevice(ForgetDeviceRequest request, StreamObserver<ForgetDeviceResponse> observer) {
        forgetDevice.call(request, observer);
    }

    @Override
    public void getUnread(GetUnreadRequest request, StreamObserver<GetUnreadResponse> observer) {
        getUnread.call(request, observer);
    }

    @Override
    public void markRead(MarkReadRequest request, StreamObserver<ConversationUnread> observer) {
        markRead.call(request, observer);
    }

    @Override
    public void updateUserConversation(
            UpdateUserConversationRequest request, StreamObserver<ConversationUnread> observer) {
        update.call(request, observer);
    }

    @Override
    public void getReceipts(GetReceiptsRequest request, StreamObserver<GetReceiptsResponse> observer) {
        getReceipts.call(request, observer);
    }

    @Override
    public void pollConsumer(PollConsumerRequest request, StreamObserver<PollConsumerResponse> observer) {
        poll.call(request, observer);
    }

    @Override
    public void commitConsumer(CommitConsumerRequest request, StreamObserver<CommitConsumerResponse> observer) {
        commit.call(request, observer);
    }
}
