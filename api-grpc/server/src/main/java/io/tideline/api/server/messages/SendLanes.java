package io.tideline.api.server.messages;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.store.Outcome;
import io.tideline.store.message.MessageService;
import io.tideline.store.message.OutgoingMessage;
import io.tideline.store.message.Sent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of each sender in each conversation. One request per lane is under way; what comes meanwhile waits and
 * goes as one batch, so the order costs no throughput. Since a batch is all or nothing, one that is refused is sent again
 * message by message: whether one is refused does not depend on those beside it.
 *
 * <p>Bounded by the stream's window. One lock guards the lanes; nothing is called under it.
 */
final class SendLanes {
    private static final int MAX_BATCH = 100;

    private record Key(AppId app, ConversationId conversation, UserId sender) {}

    private record Waiting(OutgoingMessage message, CompletableFuture<Outcome<Sent>> outcome) {}

    private final MessageService service;
    private final Supplier<Deadline> deadlines;
    private final Object lock = new Object();
    private final Map<Key, Deque<Waiting>> lanes = new HashMap<>();

    /** @param deadlines for each request to the service */
    SendLanes(MessageService service, Supplier<Deadline> deadlines) {
        this.service = service;
        this.deadlines = deadlines;
    }

    /** Sends after everything that was handed over before for the same sender and conversation. */
    CompletableFuture<Outcome<Sent>> send(
            AppId app, ConversationId conversation, UserId sender, OutgoingMessage message) {
        Key key = new Key(app, conversation, sender);
        Waiting waiting = new Waiting(message, new CompletableFuture<>());
        synchronized (lock) {
            @Nullable Deque<Waiting> busy = lanes.get(key);
            if (busy != null) {
                busy.add(waiting);
                return waiting.outcome();
            }
            lanes.put(key, new ArrayDeque<>());
        }
        sendTogether(key, List.of(waiting));
        return waiting.outcome();
    }

    private void sendTogether(Key key, List<Waiting> batch) {
        var unused = begin(key, batch).whenComplete((nothing, failure) -> {
            if (failure != null) {
                batch.forEach(waiting -> waiting.outcome().completeExceptionally(failure));
            }
            List<Waiting> next = next(key);
            if (!next.isEmpty()) {
                sendTogether(key, next);
            }
        });
    }

    /** Whatever the service throws is the batch's failure. */
    private CompletableFuture<Void> begin(Key key, List<Waiting> batch) {
        try {
            return batch.size() == 1 ? sendOne(key, batch.get(0)) : sendBatch(key, batch);
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private CompletableFuture<Void> sendOne(Key key, Waiting waiting) {
        return service.send(key.app(), key.conversation(), key.sender(), waiting.message(), deadlines.get())
                .thenAccept(waiting.outcome()::complete);
    }

    private CompletableFuture<Void> sendBatch(Key key, List<Waiting> batch) {
        List<OutgoingMessage> messages = batch.stream().map(Waiting::message).toList();
        return service.sendBatch(key.app(), key.conversation(), key.sender(), messages, deadlines.get())
                .thenCompose(outcome -> {
                    if (outcome instanceof Outcome.Done<List<Sent>> done) {
                        for (int i = 0; i < batch.size(); i++) {
                            batch.get(i)
                                    .outcome()
                                    .complete(Outcome.done(done.value().get(i)));
                        }
                        return CompletableFuture.completedFuture(null);
                    }
                    return oneByOne(key, batch, 0);
                });
    }

    private CompletableFuture<Void> oneByOne(Key key, List<Waiting> batch, int from) {
        if (from == batch.size()) {
            return CompletableFuture.completedFuture(null);
        }
        Waiting waiting = batch.get(from);
        return begin(key, List.of(waiting))
                .exceptionally(failure -> {
                    waiting.outcome().completeExceptionally(failure);
                    return null;
                })
                .thenCompose(done -> oneByOne(key, batch, from + 1));
    }

    /** What goes next in a lane; the lane is gone when nothing waits. */
    private List<Waiting> next(Key key) {
        List<Waiting> batch = new ArrayList<>();
        Set<ClientMessageId> ids = new HashSet<>();
        long bytes = 0;
        synchronized (lock) {
            Deque<Waiting> lane = lanes.getOrDefault(key, new ArrayDeque<>());
            while (!lane.isEmpty() && batch.size() < MAX_BATCH) {
                OutgoingMessage message = lane.element().message();
                bytes += message.payload().size();
                if (!batch.isEmpty()
                        && (bytes > TimelineAppend.MAX_PAYLOAD_BYTES || ids.contains(message.clientMessageId()))) {
                    break;
                }
                ids.add(message.clientMessageId());
                batch.add(lane.remove());
            }
            if (batch.isEmpty()) {
                lanes.remove(key);
            }
        }
        return batch;
    }
}
