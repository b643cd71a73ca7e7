package io.tideline.hbase.archive;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Waiting for the ports, in threads that are there to wait. The requests have limits of time of their own. */
final class Futures {
    private Futures() {}

    static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** @throws TidelineException as the request failed with, or for whatever else it failed with */
    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageUnavailableException("interrupted", Map.of(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TidelineException known) {
                throw known;
            }
            throw new StorageUnavailableException("a request failed", Map.of(), e.getCause());
        }
    }
}
