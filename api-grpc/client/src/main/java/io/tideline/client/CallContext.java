package io.tideline.client;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What every call of a client shares. */
record CallContext(
        TidelineClientConfig config, Channels channels, ClientTimer timer, Backoff backoff, OpenCalls openCalls) {

    /** Starts a unary call that counts against the bound of pending ones. */
    <Q, A, R> CompletableFuture<R> unary(
            MethodDescriptor<Q, A> method, Q request, Repeat repeat, Function<A, R> reading) {
        if (!openCalls.tryAcquire()) {
            return CompletableFuture.failedFuture(openCalls.refusal());
        }
        PendingAnswer<A, R> answer = new PendingAnswer<>(openCalls, reading);
        new UnaryCall<>(this, method, request, repeat, timer.nanos(), answer).start();
        return answer;
    }

    /** The same for calls that the server is asked to hold for so long. */
    CallContext withPatience(Duration wait) {
        return new CallContext(
                config.withCallTimeout(config.callTimeout().plus(wait)), channels, timer, backoff, openCalls);
    }

    /** Of one attempt of a unary call. A lost connection is waited for as long as the attempt may take. */
    CallOptions unaryOptions() {
        return CallOptions.DEFAULT
                .withCallCredentials(new BearerCredentials(config.token()))
                .withWaitForReady()
                .withDeadlineAfter(config.callTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Of a call that lives until one side ends it. */
    CallOptions streamOptions() {
        return CallOptions.DEFAULT
                .withCallCredentials(new BearerCredentials(config.token()))
                .withWaitForReady();
    }

    /** Whether an attempt may start so much later for something that began then. */
    boolean mayRepeat(long startNanos, Duration delay) {
        return timer.nanos() - startNanos + delay.toNanos() <= config.retryFor().toNanos() && !openCalls.isClosed();
    }
}
