package io.tideline.hbase.store;

import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.TidelineException;
import io.tideline.hbase.sequencer.BatchAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All lanes of one table, one per region as far as is known.
 *
 * <p>When regions have split or merged, the sequencer answers "wrong region" for some appends, the map is read anew and a
 * new generation of lanes takes over. Order survives, since the new lanes wait until the old ones have been answered for
 * everything they hold: callers notice a pause and no error.
 *
 * <p>What HBase does not answer is sent again, with the same ids and in the same order, until it is answered or its
 * deadline has passed; the sequencer recognises what it has committed before.
 */
final class AppendLanes {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** Sends appends of one region together; one answer per append. */
    interface Sender {
        CompletableFuture<List<BatchAnswer.ItemAnswer>> send(List<PendingAppend> batch);
    }

    /** Reads where regions begin. */
    interface RegionMapSource {
        CompletableFuture<RegionMap> read();
    }

    /** One of the two is there. */
    private record Sent(
            @Nullable List<BatchAnswer.ItemAnswer> answers,
            @Nullable Throwable failure) {}

    private record Generation(RegionMap map, List<AppendLane> lanes) {
        AppendLane laneOf(byte[] row) {
            return lanes.get(map.indexOf(row));
        }
    }

    private final Sender sender;
    private final RegionMapSource regions;
    private final AppendBudget budget;
    private final Pauses pauses;
    private final StoreMetrics metrics;
    private final AtomicReference<@Nullable CompletableFuture<RegionMap>> refreshing = new AtomicReference<>();
    private volatile Generation current;

    AppendLanes(
            Sender sender,
            RegionMap map,
            RegionMapSource regions,
            AppendBudget budget,
            Pauses pauses,
            StoreMetrics metrics) {
        this.sender = sender;
        this.regions = regions;
        this.budget = budget;
        this.pauses = pauses;
        this.metrics = metrics;
        this.current = generation(map, false);
    }

    private Generation generation(RegionMap map, boolean waiting) {
        return new Generation(
                map,
                IntStream.range(0, map.size())
                        .mapToObj(i -> new AppendLane(this, waiting))
                        .toList());
    }

    /** Takes an append on its way. @throws io.tideline.core.error.OverloadedException when too much waits */
    void append(PendingAppend append) {
        budget.acquire(append.item().length);
        while (!current.laneOf(append.headRow()).offer(append)) {
            // The generation has changed between the two looks; the next look finds the new one.
            Thread.onSpinWait();
        }
    }

    /**
     * Sends a lane's batch and sees to it that every append of it is answered.
     *
     * @param answered run once, when the lane may send its next batch
     */
    void deliver(List<PendingAppend> batch, Runnable answered) {
        List<PendingAppend> late =
                batch.stream().filter(append -> append.deadline().hasPassed()).toList();
        if (late.isEmpty()) {
            send(batch, answered);
            return;
        }
        late.forEach(append -> fail(append, deadlinePassed()));
        List<PendingAppend> rest =
                batch.stream().filter(append -> !late.contains(append)).toList();
        if (rest.isEmpty()) {
            answered.run();
        } else {
            send(rest, answered);
        }
    }

    private void send(List<PendingAppend> batch, Runnable answered) {
        metrics.batch(batch.size());
        Listeners.listen(carry(batch), (answers, failure) -> {
            if (answers != null && answers.stream().noneMatch(BatchAnswer.WrongRegion.class::isInstance)) {
                // First the next request, then the answers: the region server need not wait for our callers.
                answered.run();
                for (int i = 0; i < batch.size(); i++) {
                    answer(batch.get(i), answers.get(i));
                }
            } else {
                Listeners.listen(
                        answers != null ? regroup(batch, answers, 0) : again(batch, failure, 0), (done, trouble) -> {
                            if (trouble != null) {
                                failUnanswered(batch, trouble);
                            }
                            answered.run();
                        });
            }
        });
    }

    /** A sender that throws is one that fails: callers of an append must not have its exception, nor wait for ever. */
    private CompletableFuture<List<BatchAnswer.ItemAnswer>> carry(List<PendingAppend> batch) {
        try {
            return sender.send(batch);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The slow road has broken off, as it does when the storage is closed and no pause is to be had any more. */
    private void failUnanswered(List<PendingAppend> batch, Throwable trouble) {
        TidelineException reason = HBaseFailures.ofAppend(trouble, true);
        batch.stream().filter(append -> !append.outcome().isDone()).forEach(append -> fail(append, reason));
    }

    private void answer(PendingAppend append, BatchAnswer.ItemAnswer answer) {
        budget.release(append.item().length);
        append.answer(answer);
    }

    private void fail(PendingAppend append, TidelineException failure) {
        budget.release(append.item().length);
        append.fail(failure);
    }

    /** The slow road: one attempt for appends that may be spread over several regions by now. */
    private CompletableFuture<Void> attempt(List<PendingAppend> appends, RegionMap map, int attempt) {
        Map<Integer, List<PendingAppend>> byRegion = new TreeMap<>();
        for (PendingAppend append : appends) {
            if (append.deadline().hasPassed()) {
                fail(append, HBaseFailures.ofAppend(new java.io.IOException("deadline passed"), true));
            } else {
                byRegion.computeIfAbsent(map.indexOf(append.headRow()), i -> new ArrayList<>())
                        .add(append);
            }
        }
        return CompletableFuture.allOf(byRegion.values().stream()
                .map(group -> carry(group)
                        .handle(Sent::new)
                        .thenCompose(sent -> sent.answers() != null
                                ? regroup(group, sent.answers(), attempt)
                                : again(group, sent.failure(), attempt)))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Answers what was answered and tries the misplaced again. */
    private CompletableFuture<Void> regroup(
            List<PendingAppend> appends, List<BatchAnswer.ItemAnswer> answers, int attempt) {
        List<PendingAppend> misplaced = new ArrayList<>();
        for (int i = 0; i < appends.size(); i++) {
            if (answers.get(i) instanceof BatchAnswer.WrongRegion) {
                misplaced.add(appends.get(i));
            } else {
                answer(appends.get(i), answers.get(i));
            }
        }
        return misplaced.isEmpty() ? CompletableFuture.completedFuture(null) : retry(misplaced, attempt);
    }

    private CompletableFuture<Void> again(List<PendingAppend> appends, @Nullable Throwable failure, int attempt) {
        if (failure == null || HBaseFailures.isFinal(failure)) {
            TidelineException reason = HBaseFailures.ofAppend(
                    failure == null ? new IllegalStateException("neither answer nor failure") : failure, true);
            appends.forEach(append -> fail(append, reason));
            return CompletableFuture.completedFuture(null);
        }
        return retry(appends, attempt);
    }

    private CompletableFuture<Void> retry(List<PendingAppend> appends, int attempt) {
        metrics.retry();
        return pause(attempt)
                .thenCompose(paused -> refresh())
                .exceptionally(unreachable -> current.map())
                .thenCompose(map -> attempt(appends, map, attempt + 1));
    }

    private CompletableFuture<Void> pause(int attempt) {
        return attempt == 0
                ? CompletableFuture.completedFuture(null)
                : pauses.ofMillis(Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(attempt, 10)));
    }

    /** Reads the region map, once for all who want it at the same time, and changes the lanes when it is another. */
    CompletableFuture<RegionMap> refresh() {
        CompletableFuture<RegionMap> mine = new CompletableFuture<>();
        @Nullable CompletableFuture<RegionMap> running = refreshing.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        Listeners.listen(regions.read(), (map, failure) -> {
            if (map != null && !map.sameAs(current.map())) {
                takeOver(map);
            }
            refreshing.set(null);
            if (map != null) {
                mine.complete(map);
            } else {
                mine.completeExceptionally(
                        failure == null ? new IllegalStateException("neither map nor failure") : failure);
            }
        });
        return mine;
    }

    /** Only the one refresh that is running comes here. */
    private void takeOver(RegionMap map) {
        Generation old = current;
        Generation successor = generation(map, true);
        AtomicInteger left = new AtomicInteger(old.lanes().size());
        current = successor;
        metrics.regionMapChange();
        for (AppendLane lane : old.lanes()) {
            lane.retire(() -> {
                if (left.decrementAndGet() == 0) {
                    successor.lanes().forEach(AppendLane::begin);
                }
            });
        }
    }

    static DeadlinePassedException deadlinePassed() {
        return new DeadlinePassedException("deadline passed before the append began", Map.of(), null);
    }
}
