package io.tideline.api.server.sync;

import io.grpc.Context;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.Refusals;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.CommitConsumerResponse;
import io.tideline.api.v1.ConsumerCheckpoint;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.consumer.CommitOutcome;
import io.tideline.sync.consumer.ConsumerBatch;
import io.tideline.sync.consumer.ConsumerId;
import io.tideline.sync.consumer.ConsumerPage;
import io.tideline.sync.consumer.ConsumerQuery;
import io.tideline.sync.consumer.Consumers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** PollConsumer and CommitConsumer. */
final class ConsumerCalls {
    private static final int DEFAULT_ENTRIES = 100;
    private static final int MAX_ENTRIES = 1_000;
    private static final int MAX_BYTES = 2 * 1024 * 1024;
    private static final int MAX_CHECKPOINTS = 1_000;
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** Between two looks of a poll that waits: one look asks the change feed, and reads nothing when nothing moved. */
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Consumers consumers;
    private final ScheduledExecutorService timer;

    ConsumerCalls(Consumers consumers, ScheduledExecutorService timer) {
        this.consumers = consumers;
        this.timer = timer;
    }

    CompletableFuture<PollConsumerResponse> poll(PollConsumerRequest request, Deadline deadline) {
        Caller.current().requireApp(request.getApp());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConsumerId consumer = consumer(app, request.getConsumer(), fields);
        Optional<TimelineId> only = only(app, request, fields);
        int max = fields.number("max_entries", request.getMaxEntries(), DEFAULT_ENTRIES, MAX_ENTRIES);
        Duration wait = wait(request, fields);
        ConsumerQuery query = fields.whole(() -> new ConsumerQuery(consumer, only, max, MAX_BYTES));

        return new Poll(query, deadline, Deadline.after(wait), Context.current())
                .look()
                .thenApply(ConsumerCalls::answer);
    }

    private static Optional<TimelineId> only(AppId app, PollConsumerRequest request, RequestFields fields) {
        String id = request.getConversationId();
        if (request.hasTimeline()) {
            if (!id.isEmpty()) {
                fields.add("conversation_id", "conversation_id: beside timeline (expected: one of them)");
            }
            return Optional.of(fields.timeline(app, "timeline", true, request.getTimeline()));
        }
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(fields.timelineOfConversations(app, "conversation_id", id));
    }

    private static ConsumerId consumer(AppId app, String name, RequestFields fields) {
        try {
            return new ConsumerId(app, name);
        } catch (IllegalArgumentException e) {
            fields.add("consumer", String.valueOf(e.getMessage()));
            return new ConsumerId(app, "any");
        }
    }

    private static Duration wait(PollConsumerRequest request, RequestFields fields) {
        com.google.protobuf.Duration asked = request.getMaxWait();
        long seconds = asked.getSeconds();
        int nanos = asked.getNanos();
        boolean acceptable = seconds >= 0 && nanos >= 0 && nanos < 1_000_000_000;
        if (!acceptable
                || seconds > MAX_WAIT.toSeconds()
                || Duration.ofSeconds(seconds, nanos).compareTo(MAX_WAIT) > 0) {
            fields.add("max_wait", "max_wait: out of bounds (expected: 0..30 s)");
            return Duration.ZERO;
        }
        return Duration.ofSeconds(seconds, nanos);
    }

    /** One poll, which looks again until something is there, its time is over or its caller is gone. */
    private final class Poll {
        private final ConsumerQuery query;
        private final Deadline deadline;
        private final Deadline until;
        private final Context context;

        Poll(ConsumerQuery query, Deadline deadline, Deadline until, Context context) {
            this.query = query;
            this.deadline = deadline;
            this.until = until;
            this.context = context;
        }

        CompletableFuture<ConsumerPage> look() {
            return consumers.poll(query, deadline).thenCompose(page -> {
                if (query.timeline().isPresent() && !page.beyondHead().isEmpty()) {
                    throw new CallFailure(
                            Refusals.consumerBeyondHead(page.beyondHead().get(0)));
                }
                boolean over = until.hasPassed() || deadline.hasPassed() || context.isCancelled();
                return over || !page.batches().isEmpty()
                        ? CompletableFuture.completedFuture(page)
                        : pause().thenCompose(done -> look());
            });
        }

        /** Ends when the wait is over, if that is sooner, so that a short wait is not a long one. */
        @SuppressWarnings("FutureReturnValueIgnored") // the task does nothing but complete the pause
        private CompletableFuture<Void> pause() {
            CompletableFuture<Void> pause = new CompletableFuture<>();
            long left = Math.min(until.remainingNanos(), PAUSE.toNanos());
            timer.schedule(() -> pause.complete(null), Math.max(left, 0), TimeUnit.NANOSECONDS);
            return pause;
        }
    }

    private static PollConsumerResponse answer(ConsumerPage page) {
        PollConsumerResponse.Builder response =
                PollConsumerResponse.newBuilder().setHasMore(page.hasMore());
        page.batches().forEach(batch -> response.addBatches(batch(batch)));
        page.beyondHead()
                .forEach(beyond -> response.addBeyondHead(io.tideline.api.v1.ConsumerBeyondHead.newBuilder()
                        .setTimeline(Responses.timeline(beyond.timeline()))
                        .setCommittedSeq(beyond.committed().value())
                        .setLastSeq(beyond.head().value())));
        return response.build();
    }

    private static io.tideline.api.v1.ConsumerBatch batch(ConsumerBatch batch) {
        TimelineId timeline = batch.timeline();
        boolean named = timeline.family() == TimelineFamily.CONVERSATION;
        return io.tideline.api.v1.ConsumerBatch.newBuilder()
                .setConversationId(named ? timeline.name() : "")
                .setTimeline(Responses.timeline(timeline))
                .addAllEntries(batch.entries().stream().map(Responses::entry).toList())
                .addAllGaps(batch.gaps().stream().map(Responses::gap).toList())
                .setThroughSeq(batch.through().value())
                .setLastSeq(batch.head().value())
                .build();
    }

    CompletableFuture<CommitConsumerResponse> commit(CommitConsumerRequest request, Deadline deadline) {
        Caller.current().requireApp(request.getApp());
        RequestFields fields = new RequestFields();
        AppId app = fields.app(request.getApp());
        ConsumerId consumer = consumer(app, request.getConsumer(), fields);
        int count = request.getCheckpointsCount() + request.getTimelinesCount();
        if (count < 1 || count > MAX_CHECKPOINTS) {
            fields.add("checkpoints", "checkpoints: " + count + " (expected: 1.." + MAX_CHECKPOINTS + ")");
            fields.check();
        }
        Map<TimelineId, SequenceId> through = through(app, request, fields);
        fields.check();
        return consumers.commit(consumer, through, deadline).thenApply(outcome -> {
            if (outcome instanceof CommitOutcome.BeyondHead beyond) {
                throw new CallFailure(
                        Refusals.checkpointBeyondHead(beyond.timeline().name(), false, beyond.head()));
            }
            return CommitConsumerResponse.getDefaultInstance();
        });
    }

    private static Map<TimelineId, SequenceId> through(AppId app, CommitConsumerRequest request, RequestFields fields) {
        Map<TimelineId, SequenceId> through = new HashMap<>();
        for (int i = 0; i < request.getCheckpointsCount(); i++) {
            Checkpoint checkpoint = request.getCheckpoints(i);
            String path = "checkpoints[" + i + "].";
            if (checkpoint.getPersonalSeq() != 0) {
                fields.add(path + "personal_seq", "personal_seq: set (expected: none; timelines names any timeline)");
            }
            through.merge(
                    fields.timelineOfConversations(app, path + "conversation_id", checkpoint.getConversationId()),
                    fields.seq(path + "seq", checkpoint.getSeq()),
                    SequenceId::max);
        }
        for (int i = 0; i < request.getTimelinesCount(); i++) {
            ConsumerCheckpoint checkpoint = request.getTimelines(i);
            String path = "timelines[" + i + "].";
            through.merge(
                    fields.timeline(app, path + "timeline", checkpoint.hasTimeline(), checkpoint.getTimeline()),
                    fields.seq(path + "seq", checkpoint.getSeq()),
                    SequenceId::max);
        }
        return through;
    }
}
