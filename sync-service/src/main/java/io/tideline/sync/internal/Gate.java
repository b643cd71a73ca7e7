package io.tideline.sync.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Lets so many through at a time; the others wait in the order they came. Safe for use by many threads. */
public final class Gate {
    private final int width;
    private final Object lock = new Object();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int inside;

    /** @param width 1 or more */
    public Gate(int width) {
        this.width = width;
    }

    /** Begins {@code work} when its turn has come; it is over when its future is. */
    public <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable enter = () -> Flow.listen(Flow.call(work), (value, failure) -> {
            leave();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
        synchronized (lock) {
            if (inside == width) {
                waiting.add(enter);
                return result;
            }
            inside++;
        }
        enter.run();
        return result;
    }

    private void leave() {
        Runnable next;
        synchronized (lock) {
            next = waiting.poll();
            if (next == null) {
                inside--;
                return;
            }
        }
        next.run();
    }
}
