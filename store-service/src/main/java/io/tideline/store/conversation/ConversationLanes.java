package io.tideline.store.conversation;

import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Calls;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one conversation one after the other, those of different ones side by side. A lane exists while a task
 * of it runs. One lock guards the lanes; tasks run outside of it, on the thread that handed the first one in or that
 * completed the one before.
 */
final class ConversationLanes {
    private final int maxWaiting;
    private final Map<TimelineId, Queue<Task<?>>> lanes = new HashMap<>();

    /** @param maxWaiting tasks of one conversation that may wait */
    ConversationLanes(int maxWaiting) {
        this.maxWaiting = maxWaiting;
    }

    private record Task<T>(Supplier<CompletableFuture<T>> work, Deadline deadline, CompletableFuture<T> result) {
        /** Completes when the next task may begin; never fails. */
        CompletableFuture<?> run() {
            CompletableFuture<T> running = deadline.hasPassed()
                    ? CompletableFuture.failedFuture(new DeadlinePassedException(
                            "deadline passed while changes before this one ran", Map.of(), null))
                    : begin();
            return running.handle((value, failure) -> {
                if (failure != null) {
                    return result.completeExceptionally(failure);
                }
                return result.complete(value);
            });
        }

        private CompletableFuture<T> begin() {
            try {
                return Calls.guarded(work);
            } catch (IllegalArgumentException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    <T> CompletableFuture<T> run(TimelineId conversation, Supplier<CompletableFuture<T>> work, Deadline deadline) {
        Task<T> task = new Task<>(work, deadline, new CompletableFuture<>());
        synchronized (lanes) {
            @Nullable Queue<Task<?>> waiting = lanes.get(conversation);
            if (waiting != null) {
                if (waiting.size() >= maxWaiting) {
                    return CompletableFuture.failedFuture(new OverloadedException(
                            "too many changes of one conversation wait",
                            Map.of("conversation", conversation.toString()),
                            null));
                }
                waiting.add(task);
                return task.result();
            }
            lanes.put(conversation, new ArrayDeque<>());
        }
        drain(conversation, task);
        return task.result();
    }

    /** A loop while tasks complete at once, so that a long lane needs no deep stack. */
    @SuppressWarnings("FutureReturnValueIgnored") // run() never fails, and what comes after it goes on by itself
    private void drain(TimelineId conversation, Task<?> first) {
        @Nullable Task<?> task = first;
        while (task != null) {
            CompletableFuture<?> done = task.run();
            if (!done.isDone()) {
                done.whenComplete((ignored, failure) -> resume(conversation));
                return;
            }
            task = next(conversation);
        }
    }

    private void resume(TimelineId conversation) {
        @Nullable Task<?> task = next(conversation);
        if (task != null) {
            drain(conversation, task);
        }
    }

    private @Nullable Task<?> next(TimelineId conversation) {
        synchronized (lanes) {
            @Nullable Queue<Task<?>> waiting = lanes.get(conversation);
            @Nullable Task<?> next = waiting == null ? null : waiting.poll();
            if (next == null) {
                lanes.remove(conversation);
            }
            return next;
        }
    }
}
