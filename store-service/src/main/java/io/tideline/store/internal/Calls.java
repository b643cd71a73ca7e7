package io.tideline.store.internal;

import io.tideline.core.error.TidelineException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The one place where what a call throws is told from what its future holds. */
public final class Calls {
    private Calls() {}

    /** Runs {@code call}. Failures of the platform arrive in the future; bad arguments are thrown. */
    public static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (TidelineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Completes when all have, with nothing; fails as one of them did. */
    public static CompletableFuture<Void> all(java.util.Collection<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
