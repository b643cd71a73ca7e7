package io.tideline.tools.command;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The one place where a command waits for a future. */
public final class Await {
    private Await() {}

    /**
     * The value of {@code future}.
     *
     * @throws RuntimeException the future's own failure
     * @throws CommandFailure with {@link ExitCode#UNAVAILABLE} when it takes longer than {@code limit}
     */
    public static <T> T result(CompletableFuture<T> future, Duration limit) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException(cause);
        } catch (TimeoutException late) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no answer within " + limit.toSeconds() + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.INTERNAL, "interrupted");
        }
    }
}
