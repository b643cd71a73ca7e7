package io.tideline.client;

import io.grpc.Status;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be sent: stored first, sent one at a time per conversation, in the order of storing, with one
 * client message id for ever. A refusal that will not pass takes the message out; one that may makes its conversation wait,
 * and the others go on.
 *
 * <p>For maintainers: lives on the device's thread, but for {@link #tryEnter}. The whole queue waits when the refusal is of
 * the user and not of the message (his token has run out, he is too fast), and when as many attempts as may be under way
 * have failed with no success in between: then it is the server. Conversations that fail are tried behind those that do not,
 * so that no number of them holds up the others.
 */
final class SendQueue {
    private static final int MOST_CONVERSATIONS_AT_ONCE = 16;
    private static final Set<Status.Code> FOR_GOOD = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.PERMISSION_DENIED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.ALREADY_EXISTS,
            Status.Code.OUT_OF_RANGE);
    private static final Set<Status.Code> OF_THE_USER =
            Set.of(Status.Code.UNAUTHENTICATED, Status.Code.RESOURCE_EXHAUSTED);
    /** The app's setting, as the server names it. */
    private static final String CONVERSATION_RATE = "conversation-sends-per-minute";

    private final CallContext context;
    private final MessagingClient client;
    private final DeviceConfig config;
    private final DeviceDatabase database;
    private final DeviceListener listener;
    private final Executor device;
    private final String idPrefix;
    private final AtomicInteger queued = new AtomicInteger();

    private final Map<Name, CompletableFuture<SendResponse>> waiting = new HashMap<>();
    private final List<Message> echoes = new ArrayList<>();
    private final Set<String> sending = new HashSet<>();
    /** Of conversations whose first message failed for now; each has a message in the queue. */
    private final Map<String, Trouble> troubles = new HashMap<>();

    private boolean started;
    private boolean over;
    private boolean pausing;
    private int failuresInARow;

    /** What became of the attempts at one message. */
    private static final class Trouble {
        private int failures;
        private boolean pausing;
    }

    /** Told of the user's own messages as they come back, within the transaction that stores them. */
    interface Echo {
        void arrived(Message message);
    }

    /** A message in its conversation. */
    private record Name(String conversationId, String clientMessageId) {}

    /** Where the first message of a conversation stands. */
    private record Place(long position, String conversationId) {}

    private record Head(String conversationId, OutgoingMessage message) {
        Name name() {
            return new Name(conversationId, message.getClientMessageId());
        }
    }

    SendQueue(
            CallContext context,
            MessagingClient client,
            DeviceConfig config,
            DeviceStore store,
            DeviceListener listener,
            Executor device,
            String idPrefix) {
        this.context = context;
        this.client = client;
        this.config = config;
        this.database = store.database();
        this.listener = listener;
        this.device = device;
        this.idPrefix = idPrefix;
        this.queued.set((int) database.number("SELECT count(*) FROM outgoing"));
    }

    /** Takes a place; from any thread. */
    boolean tryEnter() {
        if (queued.incrementAndGet() <= config.maxQueued()) {
            return true;
        }
        queued.decrementAndGet();
        return false;
    }

    int queued() {
        return queued.get();
    }

    void start() {
        started = true;
        pump();
    }

    /** Stores a message for sending; a place was taken before. */
    void add(String conversationId, OutgoingMessage content, CompletableFuture<SendResponse> answer) {
        if (over) {
            queued.decrementAndGet();
            answer.completeExceptionally(CallFailure.closed());
            return;
        }
        // Positions are never given twice, also not after the highest was deleted.
        long position = 1 + database.number("SELECT seq FROM sqlite_sequence WHERE name = 'outgoing'");
        String id = content.getClientMessageId().isEmpty()
                ? idPrefix + Long.toString(position, Character.MAX_RADIX)
                : content.getClientMessageId();
        Name name = new Name(conversationId, id);
        if (isQueued(name)) {
            queued.decrementAndGet();
        } else {
            byte[] sealed = DeviceDatabase.sealed(
                    content.toBuilder().setClientMessageId(id).build());
            database.transaction(() -> database.update(
                    "INSERT INTO outgoing (position, conversation, client_message_id, sealed) VALUES (?, ?, ?, ?)",
                    position,
                    conversationId,
                    id,
                    sealed));
        }
        await(name, answer);
        pump();
    }

    private boolean isQueued(Name name) {
        return database.number(
                        "SELECT count(*) FROM outgoing WHERE conversation = ? AND client_message_id = ?",
                        name.conversationId(),
                        name.clientMessageId())
                > 0;
    }

    /** Several who send under one name wait for the same message. */
    private void await(Name name, CompletableFuture<SendResponse> answer) {
        CompletableFuture<SendResponse> before = waiting.putIfAbsent(name, answer);
        if (before != null) {
            var unused = before.whenComplete((response, failure) -> {
                if (failure == null) {
                    answer.complete(response);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        }
    }

    private void pump() {
        if (!started || over || pausing) {
            return;
        }
        // So many that, whatever is under way or waits, enough others are among them.
        int enough = MOST_CONVERSATIONS_AT_ONCE + sending.size() + troubles.size();
        List<Place> places = new ArrayList<>(database.list(
                "SELECT min(position), conversation FROM outgoing GROUP BY conversation ORDER BY min(position) LIMIT ?",
                row -> new Place(row.getLong(1), row.getString(2)),
                enough));
        places.sort(Comparator.comparingInt(place -> failures(place.conversationId())));
        for (Place place : places) {
            if (sending.size() < MOST_CONVERSATIONS_AT_ONCE
                    && !isPausing(place.conversationId())
                    && sending.add(place.conversationId())) {
                send(head(place));
            }
        }
    }

    private int failures(String conversationId) {
        Trouble trouble = troubles.get(conversationId);
        return trouble == null ? 0 : trouble.failures;
    }

    private boolean isPausing(String conversationId) {
        Trouble trouble = troubles.get(conversationId);
        return trouble != null && trouble.pausing;
    }

    private Head head(Place place) {
        return database.list(
                        "SELECT sealed FROM outgoing WHERE position = ?",
                        row -> new Head(
                                place.conversationId(), database.opened(row.getBytes(1), OutgoingMessage.parser())),
                        place.position())
                .get(0);
    }

    private void send(Head head) {
        var request = SendRequest.newBuilder()
                .setApp(config.app())
                .setConversationId(head.conversationId())
                .setSender(config.user())
                .setMessage(head.message())
                .build();
        var unused = client.send(request)
                .whenComplete((response, failure) -> device.execute(() -> answered(head, response, failure)));
    }

    private void answered(Head head, @Nullable SendResponse response, @Nullable Throwable thrown) {
        sending.remove(head.conversationId());
        if (over) {
            return;
        }
        if (response != null) {
            failuresInARow = 0;
            sent(head.name(), response);
        } else {
            TidelineCallException failure = CallFailure.ofAnswer(thrown);
            if (isForGood(failure)) {
                failuresInARow = 0;
                refused(head, failure);
            } else if (isQueued(head.name())) {
                pause(head.conversationId(), failure);
            }
        }
        pump();
    }

    /** A token that has run out, or a server in trouble, is no word on the message. */
    private static boolean isForGood(TidelineCallException failure) {
        if (failure.code() == Status.Code.RESOURCE_EXHAUSTED) {
            return failure.retryAfter().isEmpty()
                    && !failure.reason().isEmpty()
                    && !failure.reason().equals(TidelineCallException.TOO_MANY_PENDING);
        }
        return FOR_GOOD.contains(failure.code());
    }

    private void pause(String conversationId, TidelineCallException failure) {
        if (failure.reason().equals(TidelineCallException.CLIENT_CLOSED)) {
            return;
        }
        failuresInARow++;
        Trouble trouble = troubles.computeIfAbsent(conversationId, id -> new Trouble());
        trouble.failures++;
        int rounds = failuresInARow / MOST_CONVERSATIONS_AT_ONCE;
        if (!pausing && (rounds > 0 || isOfTheUser(failure))) {
            pausing = true;
            later(Math.max(trouble.failures, rounds), failure, () -> pausing = false);
        } else {
            trouble.pausing = true;
            later(trouble.failures, failure, () -> trouble.pausing = false);
        }
    }

    /** Not of a conversation that gets more messages than it may: that holds up nobody else. */
    private static boolean isOfTheUser(TidelineCallException failure) {
        return OF_THE_USER.contains(failure.code())
                && !CONVERSATION_RATE.equals(failure.metadata().get("rule"));
    }

    private void later(int attempts, TidelineCallException failure, Runnable step) {
        Duration delay = context.backoff().afterAttempt(attempts, failure.failure());
        var unused = context.timer()
                .schedule(
                        delay,
                        () -> device.execute(() -> {
                            step.run();
                            pump();
                        }));
    }

    private boolean remove(Name name) {
        boolean removed = database.update(
                        "DELETE FROM outgoing WHERE conversation = ? AND client_message_id = ?",
                        name.conversationId(),
                        name.clientMessageId())
                > 0;
        if (removed) {
            queued.decrementAndGet();
            troubles.remove(name.conversationId());
        }
        return removed;
    }

    /** Its echo may have come before the answer: then everybody knows already. */
    private void sent(Name name, SendResponse response) {
        if (isQueued(name)) {
            database.transaction(() -> remove(name));
            tellSent(name, response);
        }
    }

    private void tellSent(Name name, SendResponse response) {
        CompletableFuture<SendResponse> answer = waiting.remove(name);
        if (answer != null) {
            answer.complete(response);
        }
        listener.onSent(name.conversationId(), name.clientMessageId(), response);
    }

    private void refused(Head head, TidelineCallException refusal) {
        Name name = head.name();
        if (!isQueued(name)) {
            return;
        }
        database.transaction(() -> remove(name));
        CompletableFuture<SendResponse> answer = waiting.remove(name);
        if (answer != null) {
            answer.completeExceptionally(refusal);
        }
        listener.onRefused(name.conversationId(), name.clientMessageId(), refusal);
    }

    /** A message of the user's own that came back was sent, whatever became of the answer. Within a transaction. */
    void arrived(Message message) {
        if (remove(new Name(message.getConversationId(), message.getClientMessageId()))) {
            echoes.add(message);
        }
    }

    /** Tells of what came back, once it is stored. */
    void tellEchoes() {
        List<Message> arrived = List.copyOf(echoes);
        echoes.clear();
        for (Message message : arrived) {
            SendResponse response = SendResponse.newBuilder()
                    .setMessageId(message.getMessageId())
                    .setSeq(message.getSeq())
                    .setServerTime(message.getServerTime())
                    .setRepeated(true)
                    .build();
            tellSent(new Name(message.getConversationId(), message.getClientMessageId()), response);
        }
        if (!arrived.isEmpty()) {
            pump();
        }
    }

    /** What is queued stays stored; those who wait here hear that they wait in vain. */
    void close() {
        over = true;
        waiting.values().forEach(answer -> answer.completeExceptionally(CallFailure.closed()));
        waiting.clear();
    }
}
