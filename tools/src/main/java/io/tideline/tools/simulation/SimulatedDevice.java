package io.tideline.tools.simulation;

import io.grpc.Status;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.SetCheckpointsRequest;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import io.tideline.client.Subscription;
import io.tideline.client.SubscriptionEvents;
import io.tideline.client.TidelineCallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One device of a user. Each {@link #round} it is on line for a while: it syncs or subscribes, asks twice, loses answers
 * and pages, sends old acknowledgements, goes back to a copy of itself or begins anew, marks groups as read.
 *
 * <p>{@code lock} guards everything: rounds come from one thread after the other, batches from the transport.
 */
final class SimulatedDevice {
    private static final int MOST_PAGES = 20;
    private static final int HISTORY_PAGE = 1_000;

    private final Calls calls;
    private final String user;
    private final String device;
    private final Map<String, PlannedGroup> groups;
    private final ReadMarks marks;
    private final Findings findings;
    private final SimulationSettings settings;
    private final Random random;
    private final ReentrantLock lock = new ReentrantLock();

    private DeviceState state;
    private @Nullable DeviceState backup;
    private String oldToken = "";
    private boolean tellCheckpoints;
    private @Nullable Subscription subscription;

    /** @param groups those of the user, by conversation id */
    SimulatedDevice(
            Calls calls,
            String user,
            String device,
            Map<String, PlannedGroup> groups,
            ReadMarks marks,
            Findings findings,
            SimulationSettings settings,
            Random random) {
        this.calls = calls;
        this.user = user;
        this.device = device;
        this.groups = groups;
        this.marks = marks;
        this.findings = findings;
        this.settings = settings;
        this.random = random;
        this.state = new DeviceState(user + "/" + device, groups, findings);
    }

    /** Goes on line, does something, and goes off line, but for a subscription, which lasts until the next round. */
    void round() {
        lock.lock();
        try {
            endSubscription();
            double what = random.nextDouble();
            if (random.nextDouble() < settings.subscribeShare()) {
                subscribe();
                return;
            }
            if (what < 0.05) {
                goBack();
            } else if (what < 0.10) {
                findings.count("backups");
                backup = state.copy(user + "/" + device);
            } else if (what < 0.13) {
                checkStoredCheckpoints();
            } else if (what < 0.17) {
                setOldCheckpoints();
            }
            pages();
            if (random.nextDouble() < 0.3) {
                markRead();
            }
        } finally {
            lock.unlock();
        }
    }

    private void pages() {
        int most = 1 + random.nextInt(MOST_PAGES);
        for (int i = 0; i < most; i++) {
            SyncRequest request = request(5 + random.nextInt(200));
            double what = random.nextDouble();
            if (what < 0.06) {
                findings.count("stale acknowledgements");
                calls.await(
                        calls.client().sync(request.toBuilder().setAck(oldToken).build()));
            }
            if (what > 0.94) {
                findings.count("pages lost before they were stored");
                calls.await(calls.client().sync(request));
                return;
            }
            SyncResponse page = answer(request, what);
            store(page);
            if (!page.getHasMore()) {
                return;
            }
        }
    }

    private SyncResponse answer(SyncRequest request, double what) {
        if (what > 0.88) {
            findings.count("lost answers");
            calls.await(calls.client().sync(request));
        } else if (what > 0.80) {
            findings.count("requests made twice at once");
            CompletableFuture<SyncResponse> one = calls.client().sync(request);
            CompletableFuture<SyncResponse> two = calls.client().sync(request);
            SyncResponse first = calls.await(one);
            SyncResponse second = calls.await(two);
            return random.nextBoolean() ? first : second;
        }
        return calls.await(calls.client().sync(request));
    }

    private SyncRequest request(int pageSize) {
        SyncRequest.Builder request = SyncRequest.newBuilder()
                .setApp(calls.app())
                .setUser(user)
                .setDevice(device)
                .setAck(state.token())
                .setPageSize(pageSize)
                .setLatest(20);
        if (tellCheckpoints) {
            request.addAllCheckpoints(state.checkpoints());
        }
        return request.build();
    }

    private void store(SyncResponse page) {
        if (random.nextInt(4) == 0) {
            oldToken = state.token();
        }
        state.store(page, user);
        tellCheckpoints = false;
        findings.count("pages stored");
        findings.count("messages delivered", page.getMessagesCount());
        fetchOnDemand();
    }

    private void fetchOnDemand() {
        for (DeviceState.OnDemand older : state.takeOnDemand()) {
            findings.count("ranges fetched on demand");
            String token = "";
            do {
                ListMessagesResponse page = calls.await(calls.client()
                        .listMessages(ListMessagesRequest.newBuilder()
                                .setApp(calls.app())
                                .setConversationId(older.group().conversationId())
                                .setUser(user)
                                .setFromSeq(older.fromSeq())
                                .setToSeq(older.toSeq())
                                .setPageSize(HISTORY_PAGE)
                                .setPageToken(token)
                                .build()));
                state.store(older.group(), page.getMessagesList());
                token = page.getNextPageToken();
            } while (!token.isEmpty());
        }
    }

    /** Loses its state: back to a copy, whose checkpoints it then tells, or to nothing. The server forgets it first. */
    private void goBack() {
        DeviceState copy = backup;
        if (copy == null || random.nextInt(3) == 0) {
            findings.count("devices begun anew");
            state = new DeviceState(user + "/" + device, groups, findings);
        } else {
            findings.count("devices gone back to a copy");
            state = copy.copy(user + "/" + device);
        }
        calls.await(calls.client()
                .forgetDevice(ForgetDeviceRequest.newBuilder()
                        .setApp(calls.app())
                        .setUser(user)
                        .setDevice(device)
                        .build()));
        backup = null;
        oldToken = "";
        state.forgetToken();
        tellCheckpoints = !state.checkpoints().isEmpty();
    }

    /** What the server has stored must have come from here. */
    private void checkStoredCheckpoints() {
        if (state.token().isEmpty()) {
            return;
        }
        findings.count("checkpoints compared");
        List<Checkpoint> stored = calls.await(calls.client()
                        .getCheckpoints(GetCheckpointsRequest.newBuilder()
                                .setApp(calls.app())
                                .setUser(user)
                                .setDevice(device)
                                .build()))
                .getCheckpointsList();
        for (Checkpoint checkpoint : stored) {
            PlannedGroup group = groups.get(checkpoint.getConversationId());
            if (group == null || checkpoint.getSeq() > state.through(group)) {
                findings.violation(
                        user + "/" + device + ": a checkpoint beyond what is stored: " + checkpoint.getSeq());
            }
        }
    }

    private void setOldCheckpoints() {
        List<Checkpoint> old = new ArrayList<>();
        for (Checkpoint checkpoint : state.checkpoints()) {
            if (checkpoint.getSeq() > 1) {
                old.add(checkpoint.toBuilder()
                        .setSeq(1 + random.nextInt((int) checkpoint.getSeq() - 1))
                        .setPersonalSeq(0)
                        .build());
            }
        }
        if (!old.isEmpty() && !tellCheckpoints) {
            findings.count("stale checkpoints");
            calls.await(calls.client()
                    .setCheckpoints(SetCheckpointsRequest.newBuilder()
                            .setApp(calls.app())
                            .setUser(user)
                            .setDevice(device)
                            .addAllCheckpoints(old)
                            .build()));
        }
    }

    private void markRead() {
        Collection<PlannedGroup> own = groups.values();
        for (PlannedGroup group : own) {
            long through = state.through(group);
            if (through == 0) {
                continue;
            }
            long seq = 1 + (long) (random.nextDouble() * through);
            long personal = (long) (random.nextDouble() * (state.personalThrough(group) + 1));
            MarkReadRequest request = MarkReadRequest.newBuilder()
                    .setApp(calls.app())
                    .setUser(user)
                    .setConversationId(group.conversationId())
                    .setSeq(seq)
                    .setPersonalSeq(personal)
                    .build();
            int times = random.nextInt(4) == 0 ? 2 : 1;
            for (int i = 0; i < times; i++) {
                mark(group, request);
            }
        }
    }

    private void mark(PlannedGroup group, MarkReadRequest request) {
        var refusal = calls.refusal(calls.client().markRead(request));
        if (refusal.isEmpty()) {
            findings.count("read marks");
            marks.raise(user, group, group.index(request.getSeq()), request.getPersonalSeq());
        } else if (refusal.get().reason().equals("READ_MARK_BEYOND_HEAD")) {
            // He has left in the meantime, or left and joined: what he had is not to be marked any more.
            findings.count("read marks refused");
        } else {
            throw refusal.get();
        }
    }

    private void subscribe() {
        findings.count("subscriptions");
        SubscribeRequest.Register.Builder register = SubscribeRequest.Register.newBuilder()
                .setApp(calls.app())
                .setUser(user)
                .setDevice(device)
                .setLatest(20);
        if (tellCheckpoints) {
            register.addAllCheckpoints(state.checkpoints());
        }
        Batches batches = new Batches();
        batches.subscription = calls.client().subscribe(register.build(), state.token(), batches);
        subscription = batches.subscription;
    }

    private void endSubscription() {
        Subscription open = subscription;
        subscription = null;
        if (open != null) {
            open.close();
        }
    }

    /** Stores batches as long as the device is on this subscription. */
    private final class Batches implements SubscriptionEvents {
        private volatile @Nullable Subscription subscription;
        private volatile boolean missed;

        @Override
        public void onBatch(SyncResponse batch) {
            if (missed) {
                return;
            }
            if (!lock.tryLock()) {
                // A round goes on, this one's own or one that ends this subscription; a thread of the transport must
                // not wait for it. What follows a batch that was not stored is not stored either.
                missed = true;
                Subscription open = subscription;
                if (open != null) {
                    open.close();
                }
                return;
            }
            try {
                Subscription open = subscription;
                if (open == null || SimulatedDevice.this.subscription != open) {
                    return;
                }
                findings.count("batches pushed");
                state.store(batch, user);
                tellCheckpoints = false;
                findings.count("messages delivered", batch.getMessagesCount());
                if (random.nextInt(10) > 0) {
                    open.acknowledge(batch.getNext());
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onEnd(TidelineCallException cause) {
            String reason = cause.reason().isEmpty() ? cause.code().toString() : cause.reason();
            findings.count("subscriptions ended: " + reason);
            // REPLACED is what a device does to itself that subscribes anew before the server has seen the end.
            if (cause.code() != Status.Code.UNAVAILABLE && !reason.equals("REPLACED")) {
                findings.violation(user + "/" + device + ": a subscription ended with " + reason);
            }
        }
    }

    /** Goes on line without any mishap until nothing is left. */
    void catchUp() {
        lock.lock();
        try {
            endSubscription();
            SyncResponse page;
            do {
                page = calls.await(calls.client().sync(request(500)));
                store(page);
            } while (page.getHasMore());
        } finally {
            lock.unlock();
        }
    }

    /** Compares with the plan. */
    void verify() {
        lock.lock();
        try {
            long messages = 0;
            for (PlannedGroup group : groups.values()) {
                messages += state.verify(group, user, settings.historyVisible());
            }
            findings.count("messages held", messages);
        } finally {
            lock.unlock();
        }
    }
}
