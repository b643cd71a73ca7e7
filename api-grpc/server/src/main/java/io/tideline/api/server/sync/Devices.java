package io.tideline.api.server.sync;

import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.server.translate.SyncResponses;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.ForgetDeviceResponse;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.GetCheckpointsResponse;
import io.tideline.api.v1.ListDevicesRequest;
import io.tideline.api.v1.ListDevicesResponse;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SetCheckpointsResponse;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.sync.device.Checkpoint;
import io.tideline.sync.device.CheckpointOutcome;
import io.tideline.sync.device.CheckpointPage;
import io.tideline.sync.device.Device;
import io.tideline.sync.device.DeviceDescription;
import io.tideline.sync.device.SyncLimits;
import io.tideline.sync.device.SyncOutcome;
import io.tideline.sync.device.SyncService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Devices, what they have got, and what they have not. */
final class Devices {
    private static final int DEFAULT_MESSAGES = 200;
    private static final int DEFAULT_LATEST = 20;
    private static final int MAX_LATEST = 100;
    private static final int DEFAULT_CHECKPOINTS = 1_000;
    private static final int MAX_LISTED_CHECKPOINTS = 5_000;

    private final SyncService service;

    Devices(SyncService service) {
        this.service = service;
    }

    CompletableFuture<SyncResponse> sync(SyncRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        Device device = device(request.getApp(), request.getUser(), request.getDevice(), fields);
        List<Checkpoint> checkpoints = checkpoints(request.getCheckpointsList(), 0, fields);
        int messages = fields.number("page_size", request.getPageSize(), DEFAULT_MESSAGES, SyncLimits.MAX_MESSAGES);
        int latest = fields.number("latest", request.getLatest(), DEFAULT_LATEST, MAX_LATEST);
        Optional<String> ack = request.getAck().isEmpty() ? Optional.empty() : Optional.of(request.getAck());
        fields.check();

        SyncLimits limits = new SyncLimits(messages, SyncLimits.MAX_BYTES, SyncLimits.MAX_CONVERSATIONS, latest);
        return service.sync(
                        new io.tideline.sync.device.SyncRequest(
                                device, ack, checkpoints, limits, request.getWithUnread()),
                        deadline)
                .thenApply(Devices::answer);
    }

    /** What a device that subscribes says of itself. */
    static io.tideline.sync.device.SyncRequest registration(SubscribeRequest.Register register, RequestFields fields) {
        Device device = device(register.getApp(), register.getUser(), register.getDevice(), fields);
        List<Checkpoint> checkpoints = checkpoints(register.getCheckpointsList(), 0, fields);
        int latest = fields.number("latest", register.getLatest(), DEFAULT_LATEST, MAX_LATEST);
        Optional<String> ack = register.getAck().isEmpty() ? Optional.empty() : Optional.of(register.getAck());
        fields.check();
        SyncLimits limits =
                new SyncLimits(DEFAULT_MESSAGES, SyncLimits.MAX_BYTES, SyncLimits.MAX_CONVERSATIONS, latest);
        return new io.tideline.sync.device.SyncRequest(device, ack, checkpoints, limits, false)
                .withOrigin(register.getRun(), register.getAttempt());
    }

    private static SyncResponse answer(SyncOutcome outcome) {
        if (outcome instanceof SyncOutcome.Synced synced) {
            return SyncResponses.page(synced.page());
        }
        throw new CallFailure(Refusals.of(((SyncOutcome.Refused) outcome).refusal()));
    }

    private static Device device(String app, String user, String device, RequestFields fields) {
        return new Device(fields.app(app), fields.user("user", user), fields.device(device));
    }

    private static List<Checkpoint> checkpoints(
            List<io.tideline.api.v1.Checkpoint> requested, int min, RequestFields fields) {
        int max = io.tideline.sync.device.SyncRequest.MAX_CHECKPOINTS;
        if (requested.size() < min || requested.size() > max) {
            fields.add("checkpoints", "checkpoints: " + requested.size() + " (expected: " + min + ".." + max + ")");
            return List.of();
        }
        List<Checkpoint> checkpoints = new ArrayList<>(requested.size());
        for (int i = 0; i < requested.size(); i++) {
            String path = "checkpoints[" + i + "].";
            io.tideline.api.v1.Checkpoint checkpoint = requested.get(i);
            checkpoints.add(new Checkpoint(
                    fields.conversation(path + "conversation_id", checkpoint.getConversationId()),
                    fields.seqOrNone(path + "seq", checkpoint.getSeq()),
                    fields.seqOrNone(path + "personal_seq", checkpoint.getPersonalSeq())));
        }
        return checkpoints;
    }

    CompletableFuture<SetCheckpointsResponse> setCheckpoints(SetCheckpointsRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        Device device = device(request.getApp(), request.getUser(), request.getDevice(), fields);
        List<Checkpoint> checkpoints = checkpoints(request.getCheckpointsList(), 1, fields);
        fields.check();
        return service.raiseCheckpoints(device, checkpoints, deadline).thenApply(outcome -> {
            if (outcome instanceof CheckpointOutcome.Refused refused) {
                throw new CallFailure(Refusals.of(refused.refusal()));
            }
            return SetCheckpointsResponse.getDefaultInstance();
        });
    }

    CompletableFuture<GetCheckpointsResponse> getCheckpoints(GetCheckpointsRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        Device device = device(request.getApp(), request.getUser(), request.getDevice(), fields);
        int max = fields.number("page_size", request.getPageSize(), DEFAULT_CHECKPOINTS, MAX_LISTED_CHECKPOINTS);
        Optional<ConversationId> after = fields.position(
                request.getPageToken(), token -> PageTokens.position(Listing.CHECKPOINTS, token, names(device))
                        .map(ConversationId::new));
        fields.check();

        return known(device, deadline)
                .thenCompose(known -> service.checkpoints(device, after, max, deadline))
                .thenApply(page -> answer(device, page));
    }

    /** Goes on for devices that have synced. */
    private CompletableFuture<DeviceDescription> known(Device device, Deadline deadline) {
        return service.devices(device.app(), device.user(), deadline).thenApply(devices -> devices.stream()
                .filter(described -> described.id().equals(device.id()))
                .findFirst()
                .orElseThrow(() -> new CallFailure(Refusals.deviceNotFound())));
    }

    private static String[] names(Device device) {
        return new String[] {
            device.app().value(), device.user().value(), device.id().value()
        };
    }

    private static GetCheckpointsResponse answer(Device device, CheckpointPage page) {
        GetCheckpointsResponse.Builder response = GetCheckpointsResponse.newBuilder()
                .setInboxSeq(page.inboxThrough().value());
        page.checkpoints().forEach(checkpoint -> response.addCheckpoints(SyncResponses.checkpoint(checkpoint)));
        page.next()
                .map(next -> PageTokens.of(Listing.CHECKPOINTS, next.value(), names(device)))
                .ifPresent(response::setNextPageToken);
        return response.build();
    }

    CompletableFuture<ListDevicesResponse> list(ListDevicesRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        UserId user = fields.user("user", request.getUser());
        fields.check();
        return service.devices(app, user, deadline).thenApply(devices -> ListDevicesResponse.newBuilder()
                .addAllDevices(devices.stream().map(Devices::described).toList())
                .build());
    }

    private static io.tideline.api.v1.Device described(DeviceDescription device) {
        return io.tideline.api.v1.Device.newBuilder()
                .setDevice(device.id().value())
                .setFirstSeen(Responses.timestamp(device.registered()))
                .setLastSeen(Responses.timestamp(device.lastSeen()))
                .build();
    }

    CompletableFuture<ForgetDeviceResponse> forget(ForgetDeviceRequest request, Deadline deadline) {
        Caller.current().requireUser(request.getApp(), request.getUser());
        RequestFields fields = new RequestFields();
        Device device = device(request.getApp(), request.getUser(), request.getDevice(), fields);
        fields.check();
        return service.forget(device, deadline)
                .thenApply(existed ->
                        ForgetDeviceResponse.newBuilder().setExisted(existed).build());
    }
}
