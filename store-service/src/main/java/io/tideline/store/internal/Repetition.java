package io.tideline.store.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous steps one after the other until one says that it was the last. A step that is complete at once is
 * followed by the next in a loop and not by recursion, so that any number of them needs one stack frame.
 */
public final class Repetition {
    private final Supplier<CompletableFuture<Boolean>> step;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    /** Steps to start; whoever raises it from 0 starts them. */
    private final AtomicInteger due = new AtomicInteger();

    private Repetition(Supplier<CompletableFuture<Boolean>> step) {
        this.step = step;
    }

    /**
     * Takes steps for as long as there are more.
     *
     * @param step answers whether there is more; what it throws or fails with ends the repetition
     */
    public static CompletableFuture<@Nullable Void> whileMore(Supplier<CompletableFuture<Boolean>> step) {
        Repetition repetition = new Repetition(step);
        repetition.next();
        return repetition.done;
    }

    private void next() {
        if (due.getAndIncrement() != 0) {
            return;
        }
        do {
            var unused = begin().whenComplete(this::after);
        } while (due.decrementAndGet() != 0);
    }

    private CompletableFuture<Boolean> begin() {
        try {
            return step.get();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void after(@Nullable Boolean more, @Nullable Throwable failure) {
        if (failure != null) {
            done.completeExceptionally(failure);
        } else if (Boolean.TRUE.equals(more)) {
            next();
        } else {
            done.complete(null);
        }
    }
}
