package io.tideline.client;

import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.BatchAppendRequest;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.TimelineServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A batch whose items are repeated one by one: what is committed is not sent again. Items of one timeline fail or
 * succeed together on the server, so repeating the failed ones in their order keeps the order of each timeline.
 */
final class BatchCall implements Outcome<BatchAppendResponse> {
    private final CallContext context;
    private final List<AppendRequest> items;
    private final long startNanos;
    private final @Nullable AppendResult[] results;
    private final CompletableFuture<BatchAppendResponse> answer = new CompletableFuture<>();
    private List<Integer> open;
    private int rounds;

    private BatchCall(CallContext context, List<AppendRequest> items) {
        this.context = context;
        this.items = items;
        this.startNanos = context.timer().nanos();
        this.results = new AppendResult[items.size()];
        this.open = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            open.add(i);
        }
    }

    static CompletableFuture<BatchAppendResponse> start(CallContext context, List<AppendRequest> items) {
        if (!context.openCalls().tryAcquire()) {
            return CompletableFuture.failedFuture(context.openCalls().refusal());
        }
        BatchCall batch = new BatchCall(context, items);
        batch.send();
        return batch.answer;
    }

    private void send() {
        rounds++;
        var request = BatchAppendRequest.newBuilder();
        open.forEach(index -> request.addItems(items.get(index)));
        var method = TimelineServiceGrpc.getBatchAppendMethod();
        new UnaryCall<>(context, method, request.build(), Repeat.ALWAYS, startNanos, this).start();
    }

    @Override
    public void answered(BatchAppendResponse response) {
        if (response.getResultsCount() != open.size()) {
            failed(CallFailure.found(
                    io.grpc.Status.Code.INTERNAL,
                    TidelineCallException.CONTRACT_BROKEN,
                    "The server answered another number of items",
                    null));
            return;
        }
        CallFailure failure = take(response);
        if (failure == null) {
            finish();
            return;
        }
        Duration delay = context.backoff().afterAttempt(rounds, failure);
        if (isWanted() && context.mayRepeat(startNanos, delay)) {
            sendLater(delay);
        } else {
            finish();
        }
    }

    /** Notes every result and keeps the retryable items open; answers the failure that asks for the longest wait. */
    private @Nullable CallFailure take(BatchAppendResponse response) {
        List<Integer> retryable = new ArrayList<>();
        CallFailure longest = null;
        for (int i = 0; i < open.size(); i++) {
            AppendResult result = response.getResults(i);
            results[open.get(i)] = result;
            if (!result.hasError()) {
                continue;
            }
            CallFailure failure = CallFailure.of(result.getError());
            if (failure.retryable()) {
                retryable.add(open.get(i));
                longest = longest == null || wait(failure).compareTo(wait(longest)) > 0 ? failure : longest;
            }
        }
        open = retryable;
        return longest;
    }

    private static Duration wait(CallFailure failure) {
        Duration wait = failure.retryAfter();
        return wait == null ? Duration.ZERO : wait;
    }

    private void sendLater(Duration delay) {
        OpenCalls calls = context.openCalls();
        Runnable ender = () -> failed(CallFailure.closed());
        calls.atClose(ender);
        context.timer().schedule(delay, () -> {
            if (calls.forget(ender)) {
                send();
            }
        });
    }

    /** A repeat that fails as a whole leaves the receipts of earlier rounds valid: it only fails what was open. */
    @Override
    public void failed(TidelineCallException failure) {
        if (rounds == 1 && open.size() == items.size()) {
            context.openCalls().release();
            answer.completeExceptionally(failure);
            return;
        }
        AppendResult failed =
                AppendResult.newBuilder().setError(failure.failure().toStatus()).build();
        open.forEach(index -> results[index] = failed);
        finish();
    }

    private void finish() {
        var response = BatchAppendResponse.newBuilder();
        for (AppendResult result : results) {
            if (result != null) {
                response.addResults(result);
            }
        }
        context.openCalls().release();
        answer.complete(response.build());
    }

    @Override
    public boolean isWanted() {
        return !answer.isDone();
    }
}
