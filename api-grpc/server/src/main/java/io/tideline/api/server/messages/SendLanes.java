package io.tideline.api.server.messages;

import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Statuses;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of each sender in each conversation. One request per lane is under way; what comes meanwhile waits and
 * goes as one batch, so the order costs no throughput. Since a batch is all or nothing, one that is refused is sent again
 * message by message: whether one is refused does not depend on those beside it.
 *
 * <p>A lane is busy (a request is under way), or held: after a message that was refused for now, those behind it are refused,
 * too, until that one is there again. It is gone when it is neither. Of too many held lanes the whole stream is held, for
 * good.
 *
 * <p>Bounded by the stream's window. One lock guards the lanes; nothing is called under it.
 */
final class SendLanes {
    private static final int MAX_BATCH = 100;

    /** Some 2 MiB. */
    private static final int MAX_HELD = 10_000;

    private record Key(AppId app, ConversationId conversation, UserId sender) {}

    private record Waiting(OutgoingMessage message, CompletableFuture<Outcome<Sent>> outcome) {}

    private static final class Lane {
        private final Deque<Waiting> queue = new ArrayDeque<>();
        private boolean busy;
        private @Nullable ClientMessageId heldAt;
    }

    /**
     * Where a batch came to its end for now.
     *
     * @param from the first message that was not answered for good
     * @param through the last one that {@code failure} is about; what comes after it was not tried
     */
    private record Stop(int from, int through, Throwable failure) {}

    /** One of the two is there. */
    private record Answered(
            @Nullable Outcome<List<Sent>> outcome, @Nullable Throwable failure) {}

    private final MessageService service;
    private final Supplier<Deadline> deadlines;
    private final Object lock = new Object();
    private final Map<Key, Lane> lanes = new HashMap<>();
    private int held;
    private boolean allHeld;

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
            if (isHeld(lanes.get(key), message.clientMessageId())) {
                return CompletableFuture.failedFuture(orderHeld());
            }
            Lane lane = lanes.computeIfAbsent(key, k -> new Lane());
            if (lane.heldAt != null) {
                lane.heldAt = null;
                held--;
            }
            if (lane.busy) {
                lane.queue.add(waiting);
                return waiting.outcome();
            }
            lane.busy = true;
        }
        sendTogether(key, List.of(waiting));
        return waiting.outcome();
    }

    private boolean isHeld(@Nullable Lane lane, ClientMessageId next) {
        return allHeld || lane != null && lane.heldAt != null && !lane.heldAt.equals(next);
    }

    private static CallFailure orderHeld() {
        return new CallFailure(Statuses.orderHeld());
    }

    private void sendTogether(Key key, List<Waiting> batch) {
        var unused = begin(key, batch).whenComplete((stop, failure) -> {
            if (failure != null) {
                batch.forEach(waiting -> waiting.outcome().completeExceptionally(failure));
            } else if (stop.isPresent()) {
                hold(key, batch, stop.get());
                return;
            }
            List<Waiting> next = next(key);
            if (!next.isEmpty()) {
                sendTogether(key, next);
            }
        });
    }

    /** Answers what is left of a batch and what waits behind it. */
    private void hold(Key key, List<Waiting> batch, Stop stop) {
        List<Waiting> behind = new ArrayList<>(batch.subList(stop.through() + 1, batch.size()));
        synchronized (lock) {
            Lane lane = lanes.computeIfAbsent(key, k -> new Lane());
            lane.heldAt = batch.get(stop.from()).message().clientMessageId();
            lane.busy = false;
            behind.addAll(lane.queue);
            lane.queue.clear();
            held++;
            allHeld |= held > MAX_HELD;
        }
        batch.subList(stop.from(), stop.through() + 1)
                .forEach(waiting -> waiting.outcome().completeExceptionally(stop.failure()));
        behind.forEach(waiting -> waiting.outcome().completeExceptionally(orderHeld()));
    }

    /** Answers all of the batch, or what comes before its stop; whatever the service throws is the batch's failure. */
    private CompletableFuture<Optional<Stop>> begin(Key key, List<Waiting> batch) {
        try {
            return batch.size() == 1 ? sendOne(key, batch, 0) : sendBatch(key, batch);
        } catch (RuntimeException failure) {
            return CompletableFuture.completedFuture(failed(batch, 0, batch.size() - 1, failure));
        }
    }

    private CompletableFuture<Optional<Stop>> sendOne(Key key, List<Waiting> batch, int index) {
        Waiting waiting = batch.get(index);
        return service.send(key.app(), key.conversation(), key.sender(), waiting.message(), deadlines.get())
                .handle((outcome, failure) -> {
                    if (failure != null) {
                        return failed(batch, index, index, failure);
                    }
                    waiting.outcome().complete(outcome);
                    return Optional.empty();
                });
    }

    private CompletableFuture<Optional<Stop>> sendBatch(Key key, List<Waiting> batch) {
        List<OutgoingMessage> messages = batch.stream().map(Waiting::message).toList();
        return service.sendBatch(key.app(), key.conversation(), key.sender(), messages, deadlines.get())
                .handle(Answered::new)
                .thenCompose(answered -> answered(key, batch, answered));
    }

    private CompletableFuture<Optional<Stop>> answered(Key key, List<Waiting> batch, Answered answered) {
        @Nullable Throwable failure = answered.failure();
        if (failure != null) {
            return CompletableFuture.completedFuture(failed(batch, 0, batch.size() - 1, failure));
        }
        if (answered.outcome() instanceof Outcome.Done<List<Sent>> done) {
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(Outcome.done(done.value().get(i)));
            }
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return oneByOne(key, batch, 0);
    }

    /** Messages that failed: for now, which stops the lane, or for good, which is their answer. */
    private static Optional<Stop> failed(List<Waiting> batch, int from, int through, Throwable failure) {
        if (Statuses.isForNow(failure)) {
            return Optional.of(new Stop(from, through, failure));
        }
        batch.subList(from, through + 1).forEach(waiting -> waiting.outcome().completeExceptionally(failure));
        return Optional.empty();
    }

    private CompletableFuture<Optional<Stop>> oneByOne(Key key, List<Waiting> batch, int from) {
        if (from == batch.size()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return sendOne(key, batch, from)
                .thenCompose(stop ->
                        stop.isPresent() ? CompletableFuture.completedFuture(stop) : oneByOne(key, batch, from + 1));
    }

    /** What goes next in a lane; the lane is gone when nothing waits. */
    private List<Waiting> next(Key key) {
        List<Waiting> batch = new ArrayList<>();
        Set<ClientMessageId> ids = new HashSet<>();
        long bytes = 0;
        synchronized (lock) {
            Deque<Waiting> queue = lanes.computeIfAbsent(key, k -> new Lane()).queue;
            while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
                OutgoingMessage message = queue.element().message();
                bytes += message.payload().size();
                if (!batch.isEmpty()
                        && (bytes > TimelineAppend.MAX_PAYLOAD_BYTES || ids.contains(message.clientMessageId()))) {
                    break;
                }
                ids.add(message.clientMessageId());
                batch.add(queue.remove());
            }
            if (batch.isEmpty()) {
                lanes.remove(key);
            }
        }
        return batch;
    }
}
