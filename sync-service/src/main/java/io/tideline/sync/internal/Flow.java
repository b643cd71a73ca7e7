package io.tideline.sync.internal;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Loops over futures. Steps run on the thread that completed the step before, or on the caller's. */
public final class Flow {
    private Flow() {}

    /** Makes the call; what it throws arrives in the future like every other failure. */
    public static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Runs {@code outcome}, which must not throw, when {@code future} completes, or now. */
    @SuppressWarnings("FutureReturnValueIgnored") // the outcome takes the failure, so nothing is lost with the stage
    public static <T> void listen(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> outcome) {
        future.whenComplete((value, failure) -> outcome.accept(value, failure == null ? null : unwrap(failure)));
    }

    public static Throwable unwrap(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Takes steps, one after the other, for as long as they answer true. The stack stays flat. */
    public static CompletableFuture<Void> repeat(Supplier<CompletableFuture<Boolean>> step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        go(step, done);
        return done;
    }

    private static void go(Supplier<CompletableFuture<Boolean>> step, CompletableFuture<Void> done) {
        while (true) {
            CompletableFuture<Boolean> taken = call(step);
            if (!taken.isDone()) {
                listen(taken, (more, failure) -> {
                    if (failure != null) {
                        done.completeExceptionally(failure);
                    } else if (Boolean.TRUE.equals(more)) {
                        go(step, done);
                    } else {
                        done.complete(null);
                    }
                });
                return;
            }
            if (taken.isCompletedExceptionally()) {
                listen(taken, (more, failure) -> {
                    if (failure != null) {
                        done.completeExceptionally(failure);
                    }
                });
                return;
            }
            if (!taken.join()) {
                done.complete(null);
                return;
            }
        }
    }

    /**
     * Does {@code action} for each item, begun in order, at most {@code inFlight} at a time. After a failure no further
     * one is begun; the answer waits for those under way, and is the failure.
     */
    public static <T> CompletableFuture<Void> forEach(
            Collection<T> items, int inFlight, Function<T, ? extends CompletableFuture<?>> action) {
        Iterator<T> left = items.iterator();
        AtomicBoolean failed = new AtomicBoolean();
        Supplier<CompletableFuture<Boolean>> step = () -> {
            @Nullable T item;
            synchronized (left) {
                if (failed.get() || !left.hasNext()) {
                    return CompletableFuture.completedFuture(false);
                }
                item = left.next();
            }
            return action.apply(item).thenApply(done -> true);
        };
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < Math.min(inFlight, items.size()); i++) {
            lanes.add(repeat(step).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed.set(true);
                }
            }));
        }
        return CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new));
    }

    /** What {@code next} makes of both answers. */
    public static <A, B, R> CompletableFuture<R> combine(
            CompletableFuture<A> first, CompletableFuture<B> second, BiFunction<A, B, CompletableFuture<R>> next) {
        return first.thenCompose(a -> second.thenCompose(b -> next.apply(a, b)));
    }

    /**
     * All records of a scan, page by page, to {@code action}.
     *
     * @param deadline asked for each page, since what is done with the one before may take long
     */
    public static CompletableFuture<Void> eachPage(
            RecordStore records,
            RecordScan scan,
            Supplier<Deadline> deadline,
            Function<List<TimelineRecord>, CompletableFuture<Void>> action) {
        AtomicReference<Optional<RecordKey>> after = new AtomicReference<>(Optional.empty());
        return repeat(() -> records.scan(after.get().map(scan::withAfter).orElse(scan), deadline.get())
                .thenCompose(page -> {
                    List<TimelineRecord> found = page.records();
                    if (found.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    after.set(Optional.of(found.get(found.size() - 1).key()));
                    return action.apply(found).thenApply(done -> !page.complete());
                }));
    }

    /** All records of a scan. */
    public static CompletableFuture<List<TimelineRecord>> all(RecordStore records, RecordScan scan, Deadline deadline) {
        List<TimelineRecord> all = new ArrayList<>();
        return eachPage(records, scan, () -> deadline, page -> {
                    all.addAll(page);
                    return CompletableFuture.completedFuture(null);
                })
                .thenApply(done -> all);
    }

    /** Does {@code action} for {@code size} items at a time, one such piece after the other. */
    public static <T> CompletableFuture<Void> repeatOver(
            List<T> items, int size, Function<List<T>, ? extends CompletableFuture<?>> action) {
        List<List<T>> pieces = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            pieces.add(items.subList(from, Math.min(items.size(), from + size)));
        }
        return forEach(pieces, 1, action);
    }

    /** The answers of {@link #forEach}, in the order of the items. */
    public static <T, R> CompletableFuture<List<R>> map(
            List<T> items, int inFlight, Function<T, CompletableFuture<R>> action) {
        List<CompletableFuture<R>> answers = new ArrayList<>();
        items.forEach(item -> answers.add(new CompletableFuture<>()));
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            indexes.add(i);
        }
        return forEach(indexes, inFlight, index -> call(() -> action.apply(items.get(index)))
                        .thenAccept(answer -> answers.get(index).complete(answer)))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }
}
