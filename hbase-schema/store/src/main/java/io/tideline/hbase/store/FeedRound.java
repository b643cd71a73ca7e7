package io.tideline.hbase.store;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.feed.Change;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.FeedAnswer;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One look at every region. It is over when every region there is has said where it stands, so that nothing that was
 * committed before it began is left out:
 *
 * <ul>
 *   <li>A region that has more to tell is asked again at once.
 *   <li>An opening of a region that the feed does not know says that the map may be old: a split, for example, is met
 *       in its first half, under the row of the old region. The map is read again, and regions that are new in it are
 *       asked as well, until it has nothing new.
 *   <li>A region that does not answer makes the round fail; those that do answer are heard all the same.
 * </ul>
 *
 * <p>Everything happens on the feed's executor, one step at a time.
 */
final class FeedRound {
    /** So many times a region may have more to tell or the map may have changed; millions of appends, or a mad map. */
    private static final int MAX_STEPS = 100;

    private final FeedMap map;
    private final FeedRegions regions;
    private final Executor executor;
    private final FeedMetrics metrics;
    private final Consumer<List<Change>> listener;

    private boolean lost;
    private boolean moved;
    private boolean mapMayBeOld;
    private @Nullable Throwable failure;

    FeedRound(
            FeedMap map, FeedRegions regions, Executor executor, FeedMetrics metrics, Consumer<List<Change>> listener) {
        this.map = map;
        this.regions = regions;
        this.executor = executor;
        this.metrics = metrics;
        this.listener = listener;
    }

    /** Completes when all regions have answered, and fails when one has not; on any thread. */
    CompletableFuture<Void> run() {
        return CompletableFuture.runAsync(map::beginRound, executor)
                .thenCompose(begun -> readMapIf(map.isDue()))
                .thenComposeAsync(ready -> step(0), executor);
    }

    /** Whether any timeline may have moved without its having been told. */
    boolean lost() {
        return lost;
    }

    /** Whether anything was told. */
    boolean moved() {
        return moved;
    }

    private CompletableFuture<Void> readMapIf(boolean due) {
        if (!due) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        for (TimelineTable table : TimelineTable.appendable()) {
            reads.add(regions.rows(table).thenAcceptAsync(rows -> map.update(table, rows), executor));
        }
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(map::wasRead, executor);
    }

    private CompletableFuture<Void> step(int steps) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (TimelineTable table : TimelineTable.appendable()) {
            ask(table, answers);
        }
        if (answers.isEmpty()) {
            return failure == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(failure);
        }
        if (steps == MAX_STEPS) {
            return CompletableFuture.failedFuture(new StorageUnavailableException(
                    "regions change or move on faster than they can be asked", Map.of(), null));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenComposeAsync(
                        heard -> {
                            boolean old = mapMayBeOld;
                            mapMayBeOld = false;
                            return readMapIf(old);
                        },
                        executor)
                .thenComposeAsync(ready -> step(steps + 1), executor);
    }

    private void ask(TimelineTable table, List<CompletableFuture<Void>> answers) {
        List<FeedMap.Place> places = map.open(table);
        if (places.isEmpty()) {
            return;
        }
        List<CompletableFuture<FeedAnswer>> asked = regions.ask(
                table,
                places.stream().map(FeedMap.Place::row).toList(),
                places.stream().map(FeedMap.Place::question).toList());
        for (int i = 0; i < asked.size(); i++) {
            FeedMap.Place place = places.get(i);
            answers.add(asked.get(i)
                    .handleAsync(
                            (answer, problem) -> {
                                hear(place, answer, problem);
                                return null;
                            },
                            executor));
        }
    }

    private void hear(FeedMap.Place place, @Nullable FeedAnswer answer, @Nullable Throwable problem) {
        if (answer == null) {
            place.close();
            failure = problem;
            return;
        }
        boolean known = place.isOf(answer.epoch());
        mapMayBeOld |= !known;
        if (!known || answer.reset()) {
            lost = true;
            metrics.reset();
        }
        try {
            List<Change> changes = changes(answer);
            place.moveTo(answer);
            metrics.polled(changes.size());
            if (!changes.isEmpty()) {
                moved = true;
                listener.accept(changes);
            }
        } catch (MalformedBatchException | IllegalArgumentException e) {
            place.close();
            failure = e;
        }
    }

    /** Of a timeline that has moved several times, the last. */
    private static List<Change> changes(FeedAnswer answer) throws MalformedBatchException {
        if (answer.changes().isEmpty()) {
            return List.of();
        }
        Map<TimelineId, SequenceId> last = new HashMap<>(answer.changes().size() * 2);
        for (FeedAnswer.TimelineChange change : answer.changes()) {
            last.merge(TimelineKeys.timeline(change.prefix()), SequenceId.of(change.last()), SequenceId::max);
        }
        return last.entrySet().stream()
                .map(entry -> new Change(entry.getKey(), entry.getValue()))
                .toList();
    }
}
