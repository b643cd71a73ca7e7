package io.tideline.sync.watch;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one place where futures of the store are listened to and their failures unwrapped. */
final class Futures {
    /** Receives a value or a failure, never both. */
    @FunctionalInterface
    interface Outcome<T> {
        void accept(@Nullable T value, @Nullable Throwable failure);
    }

    private Futures() {}

    /** Calls the store; what it throws arrives in the future like every other failure. */
    static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Runs {@code outcome}, which must not throw, on the thread that completes {@code future}, or now. */
    @SuppressWarnings("FutureReturnValueIgnored") // the outcome takes the failure, so nothing is lost with the stage
    static <T> void listen(CompletableFuture<T> future, Outcome<T> outcome) {
        future.whenComplete((value, failure) -> outcome.accept(value, unwrap(failure)));
    }

    private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** {@code failure} as it may cross a port: what is no Tideline failure is a defect, and another try may help. */
    static TidelineException toTideline(Throwable failure) {
        return failure instanceof TidelineException known
                ? known
                : new StorageUnavailableException("watch broken by an unexpected failure", Map.of(), failure);
    }
}
