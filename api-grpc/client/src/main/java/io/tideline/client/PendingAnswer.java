package io.tideline.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The caller's future of a unary call; holds one of the pending places until the call is over. */
final class PendingAnswer<A, R> extends CompletableFuture<R> implements Outcome<A> {
    private final OpenCalls open;
    private final Function<A, R> reading;

    PendingAnswer(OpenCalls open, Function<A, R> reading) {
        this.open = open;
        this.reading = reading;
    }

    @Override
    public void answered(A answer) {
        open.release();
        complete(reading.apply(answer));
    }

    @Override
    public void failed(TidelineCallException failure) {
        open.release();
        completeExceptionally(failure);
    }

    @Override
    public boolean isWanted() {
        return !isDone();
    }
}
