package io.tideline.client;

import io.grpc.Status;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.MarkReadRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.SubscribeRequest;
import io.tideline.api.v1.SubscribeResponse;
import io.tideline.api.v1.SyncRequest;
import io.tideline.api.v1.SyncResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings everything that happens to the device: by a subscription, and by Sync pages after a hint or while no
 * subscription can be had.
 *
 * <p>For maintainers: lives on the device's thread. One thing is in hand at a time: the stream is asked for its next
 * event, or Sync for its next page, when the last one has been stored, acknowledged and shown. {@code epoch} rises with
 * every connection; what was under way for an earlier one comes to nothing, and what it had not stored comes again.
 */
final class DeviceSync {
    private static final int HISTORY_PAGE = 500;
    private static final int SYNC_PAGE = 500;
    private static final int SHOWN_AT_ONCE = 100;
    private static final int ATTEMPTS_BEFORE_POLLING = 3;
    private static final Set<String> NOTHING_TO_MISS = Set.of("NOT_MEMBER", "CONVERSATION_NOT_FOUND");
    private static final Set<Status.Code> FOR_GOOD = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.PERMISSION_DENIED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.ABORTED,
            Status.Code.OUT_OF_RANGE);

    private final CallContext context;
    private final MessagingClient client;
    private final DeviceConfig config;
    private final DeviceStore store;
    private final SendQueue queue;
    private final DeviceListener listener;
    private final Executor device;
    private final Consumer<RuntimeException> failed;
    private final CheckpointTelling telling;

    private @Nullable DeviceStream stream;
    private long epoch;
    /** Of this program: the server is to know the streams of one run from those of another device of the same name. */
    private final long run = ThreadLocalRandom.current().nextLong();

    private long lastHeardNanos;
    private int attempts;
    private volatile boolean over;
    private boolean busy;
    private boolean marking;
    /** The server may not know the device's checkpoints any longer: they come before the next connection. */
    private boolean tellCheckpoints;
    /** The server has counted everything since the connection began. */
    private boolean counted;
    /** Begun anew since something came of them: no second time, should the server not know of it. */
    private final Set<String> begunAnew = new HashSet<>();
    /** Conversations that the server has taken a mark of since it was asked for all counts. */
    private final Set<String> markedMeanwhile = new HashSet<>();

    DeviceSync(
            CallContext context,
            MessagingClient client,
            DeviceConfig config,
            DeviceStore store,
            SendQueue queue,
            DeviceListener listener,
            Executor device,
            Consumer<RuntimeException> failed) {
        this.context = context;
        this.client = client;
        this.config = config;
        this.store = store;
        this.queue = queue;
        this.listener = listener;
        this.device = device;
        this.failed = failed;
        this.telling = new CheckpointTelling(client, config);
    }

    void start() {
        show();
        connect();
    }

    /** Nothing more is shown; from any thread. */
    void stop() {
        over = true;
    }

    void close() {
        over = true;
        epoch++;
        DeviceStream current = stream;
        stream = null;
        if (current != null) {
            current.cancel("The device was closed");
        }
    }

    private void connect() {
        if (over) {
            return;
        }
        attempts++;
        epoch++;
        busy = false;
        counted = false;
        whenTold(this::subscribe);
    }

    /** First tells what the device has, where the server may not know it (any longer). */
    private void whenTold(Runnable then) {
        if (store.isToBeForgotten()) {
            forgetThenTell(then);
        } else if (tellCheckpoints) {
            tell(then);
        } else {
            then.run();
        }
    }

    /** Checkpoints are never lowered: only those of a device that was forgotten are gone. */
    private void forgetThenTell(Runnable then) {
        var request = ForgetDeviceRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setDevice(config.device())
                .build();
        answered(client.forgetDevice(request), (forgotten, failure) -> {
            if (forgotten == null) {
                lost(CallFailure.ofAnswer(failure));
                return;
            }
            tell(() -> {
                store.wasForgotten();
                then.run();
            });
        });
    }

    private void tell(Runnable then) {
        answered(telling.tell(store.checkpoints()), (beyondHead, failure) -> {
            if (beyondHead == null) {
                lost(CallFailure.ofAnswer(failure));
                return;
            }
            tellCheckpoints = false;
            if (!beyondHead.isEmpty()) {
                store.database().transaction(() -> store.beginAnew(beyondHead));
                beyondHead.forEach(listener::onBegunAnew);
                tellUnread();
            }
            then.run();
        });
    }

    private void subscribe() {
        DeviceStream opened = new DeviceStream(this, device);
        stream = opened;
        var register = SubscribeRequest.Register.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setDevice(config.device())
                .setLatest(config.latest())
                .setRun(run)
                .setAttempt(epoch);
        opened.start(context, register.build(), store.token());
        heard();
        watchForSilence(opened, config.silence());
        sendMarks();
    }

    private void heard() {
        lastHeardNanos = context.timer().nanos();
    }

    private void watchForSilence(DeviceStream watched, Duration delay) {
        var unused = context.timer()
                .schedule(
                        delay,
                        () -> device.execute(() -> {
                            if (watched != stream) {
                                return;
                            }
                            long silent = context.timer().nanos() - lastHeardNanos;
                            Duration left = config.silence().minusNanos(silent);
                            if (busy || (!left.isNegative() && !left.isZero())) {
                                watchForSilence(watched, busy ? config.silence() : left);
                            } else {
                                watched.cancel("Nothing was heard for too long");
                                disconnected(watched, unavailable("Nothing was heard for too long"));
                            }
                        }));
    }

    private static TidelineCallException unavailable(String message) {
        return CallFailure.found(Status.Code.UNAVAILABLE, "", message, null);
    }

    void received(DeviceStream from, SubscribeResponse response) {
        if (from != stream || over) {
            return;
        }
        attempts = 0;
        busy = true;
        switch (response.getEventCase()) {
            case BATCH -> intake(response.getBatch(), this::requestNext);
            case HINT -> page(this::requestNext);
            case CAUGHT_UP -> caughtUp(this::requestNext);
            // Alive; or an event of a newer server, of which nothing was promised.
            case HEARTBEAT, EVENT_NOT_SET -> requestNext();
        }
    }

    private void requestNext() {
        busy = false;
        heard();
        DeviceStream current = stream;
        if (current != null) {
            current.requestNext();
        }
    }

    void disconnected(DeviceStream from, TidelineCallException failure) {
        if (from == stream) {
            lost(failure);
        }
    }

    /** The connection, or what was under way for it, has failed. */
    private void lost(TidelineCallException failure) {
        epoch++;
        busy = false;
        DeviceStream current = stream;
        stream = null;
        if (current != null) {
            current.cancel("Given up");
        }
        if (over || failure.reason().equals(TidelineCallException.CLIENT_CLOSED) || isClientClosed()) {
            return;
        }
        if (failure.reason().equals("INVALID_SYNC_TOKEN") && !store.token().isEmpty()) {
            store.forgetToken();
            tellCheckpoints = true;
        } else if (FOR_GOOD.contains(failure.code())) {
            failed.accept(failure);
            return;
        }
        listener.onOffline(failure);
        boolean poll = failure.code() == Status.Code.UNIMPLEMENTED || attempts >= ATTEMPTS_BEFORE_POLLING;
        Duration delay = context.backoff().afterAttempt(Math.max(1, attempts), failure.failure());
        later(delay, poll ? this::poll : this::connect);
    }

    private boolean isClientClosed() {
        return context.openCalls().isClosed();
    }

    private void later(Duration delay, Runnable step) {
        long scheduledIn = epoch;
        var unused = context.timer()
                .schedule(
                        delay,
                        () -> device.execute(() -> {
                            if (scheduledIn == epoch && !over) {
                                step.run();
                            }
                        }));
    }

    /** Without a stream: pages until there are no more, then a while later the stream is tried again. */
    private void poll() {
        epoch++;
        counted = false;
        sendMarks();
        whenTold(() -> page(() -> caughtUp(() -> later(config.pollEvery(), this::connect))));
    }

    /** Pages until there are no more. */
    private void page(Runnable then) {
        SyncRequest request = SyncRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setDevice(config.device())
                .setAck(store.token())
                .setPageSize(SYNC_PAGE)
                .setLatest(config.latest())
                .build();
        answered(client.sync(request), (response, failure) -> {
            if (response == null) {
                lost(CallFailure.ofAnswer(failure));
                return;
            }
            intake(response, response.getHasMore() ? () -> page(then) : then);
        });
    }

    /** Goes on with an answer on the device's thread, unless the connection it was for is over. */
    private <A> void answered(CompletableFuture<A> call, BiConsumer<@Nullable A, @Nullable Throwable> then) {
        long askedIn = epoch;
        var unused = call.whenComplete((answer, failure) -> device.execute(() -> {
            if (askedIn == epoch && !over) {
                then.accept(answer, failure);
            }
        }));
    }

    /** Fetches what is missing before a page, stores it with its token, acknowledges and shows it. */
    private void intake(SyncResponse received, Runnable then) {
        DevicePage page = DevicePage.of(received);
        DevicePage.Hole hole = page.firstHole(store::checkpoint, config.latest());
        if (hole != null) {
            fill(hole, () -> intake(received, then));
            return;
        }
        List<String> beyondHead =
                page.beyondHead().stream().filter(id -> !begunAnew.contains(id)).toList();
        store.database().transaction(() -> {
            page.parts().forEach(part -> store.take(part, queue::arrived));
            received.getMembershipChangesList().forEach(store::take);
            if (!beyondHead.isEmpty()) {
                store.beginAnew(beyondHead);
                store.wantToBeForgotten();
            } else if (!received.getNext().isEmpty()) {
                store.takeToken(received.getNext());
            }
        });
        page.parts().forEach(part -> begunAnew.remove(part.conversationId()));
        if (!beyondHead.isEmpty()) {
            begunAnew.addAll(beyondHead);
            received.getMembershipChangesList().forEach(listener::onMembership);
            beyondHead.forEach(listener::onBegunAnew);
            show();
            connectAnew();
            return;
        }
        DeviceStream current = stream;
        if (current != null && !received.getNext().isEmpty()) {
            current.acknowledge(received.getNext());
        }
        received.getMembershipChangesList().forEach(listener::onMembership);
        show();
        settleCounts(store.counts().uncertain(), then);
    }

    /** In place of what there is of a connection, which is of the device as it was. */
    private void connectAnew() {
        DeviceStream current = stream;
        stream = null;
        if (current != null) {
            current.cancel("The device begins anew");
        }
        connect();
    }

    /** Asks for what only the server can count, one after the other; before everything is counted anyway, nothing. */
    private void settleCounts(List<String> uncertain, Runnable then) {
        if (uncertain.isEmpty() || !counted) {
            then.run();
            return;
        }
        var request = GetUnreadRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setConversationId(uncertain.get(0))
                .build();
        markedMeanwhile.clear();
        answered(client.getUnread(request), (response, failure) -> {
            if (response != null) {
                response.getConversationsList().stream()
                        .filter(unread -> !markedMeanwhile.contains(unread.getConversationId()))
                        .forEach(store.counts()::serverCounted);
            }
            // What fails for now is asked again with the next page.
            if (response != null
                    || FOR_GOOD.contains(CallFailure.ofAnswer(failure).code())) {
                store.counts().noLongerUncertain(uncertain.get(0));
                tellUnread();
            }
            settleCounts(uncertain.subList(1, uncertain.size()), then);
        });
    }

    private void fill(DevicePage.Hole hole, Runnable then) {
        var request = ListMessagesRequest.newBuilder()
                .setApp(config.app())
                .setConversationId(hole.conversationId())
                .setUser(config.user())
                .setFromSeq(hole.fromSeq())
                .setToSeq(hole.toSeq())
                .setPageSize(HISTORY_PAGE)
                .setKnownSeq(hole.toSeq())
                .build();
        answered(client.listMessages(request), (response, failure) -> {
            DevicePage.Part part;
            if (response != null) {
                part = DevicePage.filling(hole, response);
            } else {
                part = filledByRefusal(hole, CallFailure.ofAnswer(failure));
            }
            if (part != null) {
                store.database().transaction(() -> store.take(part, queue::arrived));
                show();
                then.run();
            } else if (response != null) {
                lost(unavailable("A page of history said nothing of what was asked for"));
            }
        });
    }

    /** Who is no member any more has nothing to miss; who may not ask has. Other failures are those of the connection. */
    private DevicePage.@Nullable Part filledByRefusal(DevicePage.Hole hole, TidelineCallException failure) {
        if (NOTHING_TO_MISS.contains(failure.reason())) {
            return new DevicePage.Part(
                    hole.conversationId(), hole.fromSeq(), hole.toSeq(), List.of(), List.of(), 0, false);
        }
        lost(failure);
        return null;
    }

    /** Shows what is stored and was not shown, then says what became of the counts. */
    private void show() {
        queue.tellEchoes();
        List<DeviceStore.Unshown> next = store.unshown(SHOWN_AT_ONCE);
        while (!next.isEmpty() && !over) {
            show(next);
            next = store.unshown(SHOWN_AT_ONCE);
        }
        tellUnread();
    }

    /** Notes what the listener returned from, also when it then throws or closes the device. */
    private void show(List<DeviceStore.Unshown> next) {
        int shown = 0;
        try {
            for (DeviceStore.Unshown unshown : next) {
                if (over) {
                    return;
                }
                show(unshown.message());
                shown++;
            }
        } finally {
            if (shown > 0) {
                store.shown(next.subList(0, shown), config.keepMessages());
            }
        }
    }

    private void show(Message message) {
        if (!MessageChanges.isChange(message)) {
            listener.onMessage(message.getConversationId(), message);
            return;
        }
        Message now = store.message(
                message.getConversationId(),
                message.getEvent().getMessageChanged().getSeq());
        listener.onChanged(message.getConversationId(), now == null ? MessageChanges.alone(message) : now);
    }

    private void tellUnread() {
        store.counts().untoldUnread().forEach(change -> listener.onUnread(change.conversationId(), change.count()));
    }

    /** The server's counts know what the device cannot: what was before it came. */
    private void caughtUp(Runnable then) {
        var request = GetUnreadRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .build();
        markedMeanwhile.clear();
        answered(client.getUnread(request), (response, failure) -> {
            if (response != null) {
                store.counts().serverCountedAll(response.getConversationsList(), markedMeanwhile);
                counted = true;
                tellUnread();
            }
            listener.onCaughtUp();
            then.run();
        });
    }

    /** Notes that the user has read up to a seq, and what follows no later one, and tells the server when it can be told. */
    void markRead(String conversationId, long seq) {
        Checkpoint checkpoint = store.checkpoint(conversationId);
        long reached = checkpoint == null ? 0 : checkpoint.getSeq();
        if (seq < 0 || seq > reached) {
            throw new IllegalArgumentException("seq: " + seq + " (expected: 0.." + reached + ")");
        }
        if (seq == 0) {
            store.counts().markRead(conversationId, reached, checkpoint == null ? 0 : checkpoint.getPersonalSeq());
        } else {
            store.counts().markRead(conversationId, seq, store.counts().personalThrough(conversationId, seq));
        }
        tellUnread();
        sendMarks();
    }

    /** One after the other; what cannot be told now is told after the next connection. */
    private void sendMarks() {
        List<Checkpoint> pending = marking || over ? List.of() : store.counts().pendingMarks();
        if (pending.isEmpty()) {
            return;
        }
        marking = true;
        Checkpoint mark = pending.get(0);
        var request = MarkReadRequest.newBuilder()
                .setApp(config.app())
                .setUser(config.user())
                .setConversationId(mark.getConversationId())
                .setSeq(mark.getSeq())
                .setPersonalSeq(mark.getPersonalSeq())
                .build();
        var unused = client.markRead(request)
                .whenComplete((answer, thrown) -> device.execute(() -> {
                    marking = false;
                    if (over) {
                        return;
                    }
                    if (answer != null) {
                        store.counts().settled(mark);
                        markedMeanwhile.add(mark.getConversationId());
                        store.counts().serverMarked(answer);
                        tellUnread();
                        sendMarks();
                    } else if (FOR_GOOD.contains(CallFailure.ofAnswer(thrown).code())) {
                        store.counts().settled(mark);
                        sendMarks();
                    }
                }));
    }
}
