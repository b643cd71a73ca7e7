package io.tideline.client;

import io.tideline.api.v1.CommitConsumerRequest;
import io.tideline.api.v1.ConsumerBatch;
import io.tideline.api.v1.ConsumerBeyondHead;
import io.tideline.api.v1.ConsumerCheckpoint;
import io.tideline.api.v1.PollConsumerRequest;
import io.tideline.api.v1.PollConsumerResponse;
import io.tideline.api.v1.TimelineName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Polls, hands over, commits, and polls again: at least once, in order within a timeline. A failure of the handler or
 * of a call is told and followed by a wait; then whatever was not committed comes again.
 *
 * <p>For maintainers: one step follows from the end of the one before, so the plain fields have one writer at a time.
 */
public final class ConsumerLoop implements AutoCloseable {
    private static final Duration IDLE_WAIT = Duration.ofSeconds(1);

    private final CallContext context;
    private final MessagingClient client;
    private final PollConsumerRequest request;
    private final ConsumerHandler handler;
    private final Executor executor;
    private final Set<TimelineName> beyondHead = new HashSet<>();
    private volatile boolean over;
    private int failures;

    private ConsumerLoop(
            CallContext context,
            MessagingClient client,
            PollConsumerRequest request,
            ConsumerHandler handler,
            Executor executor) {
        this.context = context;
        this.client = client;
        this.request = request;
        this.handler = handler;
        this.executor = executor;
    }

    static ConsumerLoop start(
            CallContext context,
            MessagingClient client,
            PollConsumerRequest request,
            ConsumerHandler handler,
            Executor executor) {
        ConsumerLoop loop = new ConsumerLoop(context, client, request, handler, executor);
        loop.poll();
        return loop;
    }

    /** Whether the loop was closed, itself or with its client. */
    public boolean isOver() {
        return over || context.openCalls().isClosed();
    }

    /** Ends the loop. A batch that is being handled may still be committed. */
    @Override
    public void close() {
        over = true;
    }

    private void poll() {
        if (isOver()) {
            return;
        }
        var unused =
                client.pollConsumer(request).whenComplete((response, failure) -> next(() -> polled(response, failure)));
    }

    private void polled(@Nullable PollConsumerResponse response, @Nullable Throwable failure) {
        if (response == null) {
            failed(failure);
            return;
        }
        tellBeyondHead(response.getBeyondHeadList());
        List<ConsumerCheckpoint> done = new ArrayList<>();
        Throwable failed = null;
        for (ConsumerBatch batch : response.getBatchesList()) {
            if (isOver()) {
                break;
            }
            try {
                handler.handle(batch);
                done.add(end(batch));
            } catch (Exception e) {
                failed = e;
                break;
            }
        }
        commit(done, failed);
    }

    /** Each that ends before what was committed of it is told once; the others go on. */
    private void tellBeyondHead(List<ConsumerBeyondHead> found) {
        beyondHead.retainAll(found.stream().map(ConsumerBeyondHead::getTimeline).toList());
        for (ConsumerBeyondHead one : found) {
            if (beyondHead.add(one.getTimeline())) {
                handler.onFailure(new CallFailure(
                                io.grpc.Status.Code.OUT_OF_RANGE,
                                TidelineCallException.CHECKPOINT_BEYOND_HEAD,
                                "A timeline ends before what the consumer has committed of it",
                                Map.of(
                                        "timeline_id",
                                        one.getTimeline().getId(),
                                        "committed_seq",
                                        Long.toString(one.getCommittedSeq()),
                                        "last_seq",
                                        Long.toString(one.getLastSeq())),
                                List.of(),
                                null)
                        .exception(null));
            }
        }
    }

    /** Up to the last seq of a batch, shown or not. */
    private static ConsumerCheckpoint end(ConsumerBatch batch) {
        long last = 0;
        for (var entry : batch.getEntriesList()) {
            last = Math.max(last, entry.getSeq());
        }
        for (var gap : batch.getGapsList()) {
            last = Math.max(last, gap.getToSeq());
        }
        return ConsumerCheckpoint.newBuilder()
                .setTimeline(batch.getTimeline())
                .setSeq(last)
                .build();
    }

    private void commit(List<ConsumerCheckpoint> done, @Nullable Throwable failed) {
        if (done.isEmpty()) {
            settled(failed, true);
            return;
        }
        var commit = CommitConsumerRequest.newBuilder()
                .setApp(request.getApp())
                .setConsumer(request.getConsumer())
                .addAllTimelines(done)
                .build();
        var unused = client.commitConsumer(commit)
                .whenComplete((answer, failure) -> next(() -> settled(failed == null ? failure : failed, false)));
    }

    private void settled(@Nullable Throwable failure, boolean idle) {
        if (failure != null) {
            failed(failure);
            return;
        }
        failures = 0;
        if (idle && !request.hasMaxWait()) {
            later(IDLE_WAIT);
        } else {
            poll();
        }
    }

    private void failed(@Nullable Throwable thrown) {
        if (isOver()) {
            return;
        }
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        TidelineCallException known = failure instanceof TidelineCallException call
                ? call
                : CallFailure.found(
                        io.grpc.Status.Code.ABORTED,
                        TidelineCallException.CONSUMER_FAILED,
                        "The handler of a consumer failed",
                        failure);
        handler.onFailure(failure == null ? known : failure);
        failures++;
        later(context.backoff().afterAttempt(failures, known.failure()));
    }

    private void later(Duration delay) {
        var unused = context.timer().schedule(delay, this::poll);
    }

    /** An executor that takes no more ends the loop: nobody is left to handle anything. */
    private void next(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException e) {
            over = true;
        }
    }
}
