package io.tideline.store.search;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous work one after the other, in the order of asking: an index is changed by one at a time, and what is
 * erased is taken out between two steps of the feed, never beside one that has read it before.
 */
final class Turns {
    private final Object lock = new Object();
    private CompletableFuture<@Nullable Void> last = CompletableFuture.completedFuture(null);

    /** What {@code work} comes to, which begins when all before has ended, whatever became of it. */
    <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
        CompletableFuture<@Nullable Void> before;
        synchronized (lock) {
            before = last;
            last = ended;
        }
        CompletableFuture<T> result = before.thenCompose(done -> begin(work));
        var unused = result.whenComplete((value, failure) -> ended.complete(null));
        return result;
    }

    private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
