package io.tideline.sync.watch;

import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A store whose answers the test holds back, fails or changes. A held call is carried out when it is made; its answer
 * waits until the test lets it go.
 */
final class SteeredStore implements TimelineStore {
    /** An answer that the test has not let go yet. */
    static final class Held<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private final T answer;

        private Held(T answer) {
            this.answer = answer;
        }

        void release() {
            future.complete(answer);
        }

        void fail(RuntimeException failure) {
            future.completeExceptionally(failure);
        }
    }

    private final TimelineStore store;
    final List<Held<AppendOutcome>> heldAppends = new ArrayList<>();
    final List<Held<TimelinePage>> heldReads = new ArrayList<>();
    final List<Held<Map<TimelineId, Head>>> heldHeads = new ArrayList<>();
    final List<ReadQuery> reads = new ArrayList<>();
    final List<List<HeadQuery>> polls = new ArrayList<>();
    boolean holdAppends;
    boolean holdReads;
    boolean holdHeads;
    UnaryOperator<TimelinePage> pages = UnaryOperator.identity();
    Supplier<RuntimeException> readFailure = () -> null;
    Supplier<RuntimeException> headsFailure = () -> null;

    SteeredStore(TimelineStore store) {
        this.store = store;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        return answer(store.append(append, deadline).join(), holdAppends, heldAppends);
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        reads.add(query);
        RuntimeException failure = readFailure.get();
        return failure != null
                ? CompletableFuture.failedFuture(failure)
                : answer(pages.apply(store.read(query, deadline).join()), holdReads, heldReads);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        polls.add(List.copyOf(queries));
        RuntimeException failure = headsFailure.get();
        return failure != null
                ? CompletableFuture.failedFuture(failure)
                : answer(store.heads(queries, deadline).join(), holdHeads, heldHeads);
    }

    private static <T> CompletableFuture<T> answer(T answer, boolean hold, List<Held<T>> held) {
        if (!hold) {
            return CompletableFuture.completedFuture(answer);
        }
        Held<T> waiting = new Held<>(answer);
        held.add(waiting);
        return waiting.future;
    }

    /** Takes out any held answer; null when there is none. */
    static <T> Held<T> any(List<Held<T>> held, RandomGenerator random) {
        return held.isEmpty() ? null : held.remove(random.nextInt(held.size()));
    }
}
