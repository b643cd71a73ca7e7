package io.tideline.hbase.archive;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.ArchivePolicy;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.TierReader;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a commit: the locator learns where rows lie, readers are sent there by watermarks, and the warm table
 * lets go. Each step may be taken again, by another process too. Blocks; only for the writer.
 */
final class Settlement {
    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
    private static final int IN_FLIGHT = 64;
    private static final int MAX_TRIES = 4;
    private static final int COMPARED_BYTES = 4 * 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final ArchivePorts ports;
    private final Locators locators;
    private final EntryFiles files;

    Settlement(ArchivePorts ports, Locators locators, EntryFiles files) {
        this.ports = ports;
        this.locators = locators;
        this.files = files;
    }

    /** Tells the locator of files that have come in the place of others; the others are still there. */
    void replaced(Collection<String> added, Collection<String> removed, WriterSession session) throws IOException {
        for (String file : added) {
            List<Slice> slices = SliceScan.of(files, file);
            session.requireWriter();
            Futures.get(locators.put(slices));
        }
        for (String file : removed) {
            files.forget(file);
            List<Slice> slices = replaced(file);
            session.requireWriter();
            Futures.get(locators.remove(slices));
        }
    }

    /** Nothing but its stretches is wanted of it any more: a file that is gone, or damaged since, must not be in the way. */
    private List<Slice> replaced(String file) throws IOException {
        try {
            return SliceScan.of(files, file);
        } catch (FileNotFoundException | CorruptDataException e) {
            LOG.warn("a replaced file cannot be read; the locator is asked what it had file={}", file, e);
            return locators.of(file);
        }
    }

    /** The stretches of files that some other way than the job's report has to tell. */
    List<Moved> unreported(Collection<String> added) throws IOException {
        List<Moved> moved = new ArrayList<>();
        for (String file : added) {
            SliceScan.of(files, file).forEach(slice -> moved.add(new Moved(slice, null)));
        }
        return moved;
    }

    /**
     * Sends readers of moved stretches to the files.
     *
     * @param moved of whole timelines, those of one timeline one after the other
     * @param fresh whether nobody can have done any of this before
     * @return what could not be moved after all, since it has changed, is held now, or cannot be read: it must be taken out of
     *     the files
     */
    Map<TimelineId, List<Slice>> moved(List<Moved> moved, boolean fresh, WriterSession session) throws IOException {
        List<Move> moves = moves(moved);
        session.progress().at("settle", 0, moves.size());
        session.requireWriter();
        Futures.get(locators.put(moved.stream().map(Moved::slice).toList()));
        Map<TimelineId, List<Slice>> refused = new HashMap<>();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        List<CompletableFuture<?>> failures = new ArrayList<>();
        Set<TimelineId> free = Set.of();
        for (int at = 0; at < moves.size(); at++) {
            if (at % ArchivePolicy.MAX_TIMELINES == 0) {
                session.progress().at("settle", at, moves.size());
                free = free(moves.subList(at, Math.min(moves.size(), at + ArchivePolicy.MAX_TIMELINES)));
            }
            Move move = moves.get(at);
            inFlight.acquireUninterruptibly();
            CompletableFuture<?> one = move.done(free.contains(move.timeline), 0)
                    .exceptionally(failure -> staysInSpiteOf(failure, move, fresh, session))
                    .thenAccept(done -> {
                        if (!done) {
                            synchronized (refused) {
                                refused.put(move.timeline, move.stretch);
                            }
                        }
                    })
                    .whenComplete((done, failure) -> inFlight.release());
            failures.removeIf(each -> each.isDone() && !each.isCompletedExceptionally());
            failures.add(one);
        }
        failures.forEach(Futures::get);
        session.requireWriter();
        refused.values().forEach(stretch -> Futures.get(locators.remove(stretch)));
        return refused;
    }

    /**
     * Those that are not held now. The plan may be hours old, and a hold that is set on an app, or on a conversation for its
     * personal timelines, changes no timeline's epoch.
     */
    private Set<TimelineId> free(List<Move> moves) {
        List<TimelineId> timelines =
                moves.stream().map(move -> move.timeline).distinct().toList();
        return Futures.get(ports.policy().limits(timelines, deadline())).keySet();
    }

    private List<Move> moves(List<Moved> moved) {
        List<Move> moves = new ArrayList<>();
        int at = 0;
        while (at < moved.size()) {
            int end = at + 1;
            TimelineId timeline = moved.get(at).slice().timeline();
            while (end < moved.size() && moved.get(end).slice().timeline().equals(timeline)) {
                end++;
            }
            List<Slice> stretch =
                    moved.subList(at, end).stream().map(Moved::slice).toList();
            moves.add(new Move(timeline, stretch, moved.get(at).before()));
            at = end;
        }
        return moves;
    }

    /**
     * One timeline that cannot be read must not keep all others, and all tasks to come, from going on. It is taken out of the
     * files if the warm table has it for certain. Where its watermarks may have been replaced, by this process or by one that
     * has died, files may be all there is: they keep what they have.
     */
    private static boolean staysInSpiteOf(Throwable failure, Move move, boolean fresh, WriterSession session) {
        Throwable cause = Futures.unwrap(failure);
        if (!(cause instanceof CorruptDataException)) {
            throw new CompletionException(cause);
        }
        boolean stays = !fresh || move.replacing;
        session.problem((stays ? "a timeline was left half moved: " : "a timeline was not moved: ") + move.timeline
                + ": " + cause.getMessage());
        return stays;
    }

    /** What becomes of one timeline. */
    private final class Move {
        private final TimelineId timeline;
        private final List<Slice> stretch;
        private final @Nullable TierState before;
        /** Whether readers may have been sent to the files. */
        private volatile boolean replacing;

        Move(TimelineId timeline, List<Slice> stretch, @Nullable TierState before) {
            this.timeline = timeline;
            this.stretch = stretch;
            this.before = before;
        }

        private long last() {
            return stretch.get(stretch.size() - 1).last();
        }

        /** Answers whether readers are sent to the files. */
        CompletableFuture<Boolean> done(boolean isFree, int tries) {
            return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
                if (state.watermarks().coldThrough().value() >= last()) {
                    replacing = true;
                    return release(timeline, state.watermarks());
                }
                if (!isFree || state.watermarks().warmThrough().value() < last() || tries >= MAX_TRIES) {
                    return CompletableFuture.completedFuture(false);
                }
                // The epoch alone, which every change raises: a plan that was read back lacks the running count.
                return (before != null && before.epoch() == state.epoch()
                                ? CompletableFuture.completedFuture(true)
                                : isStillSo(timeline, stretch, state.watermarks()))
                        .thenCompose(same -> same ? commit(state, tries) : CompletableFuture.completedFuture(false));
            });
        }

        private CompletableFuture<Boolean> commit(TierState state, int tries) {
            TierState next = state.moved(state.watermarks().withColdThrough(SequenceId.of(last())));
            replacing = true;
            return ports.watermarks()
                    .replace(timeline, state, next, deadline())
                    .thenCompose(replaced -> replaced ? release(timeline, next.watermarks()) : done(true, tries + 1));
        }
    }

    private CompletableFuture<Boolean> release(TimelineId timeline, Watermarks marks) {
        return ports.warm().release(timeline, marks.warmReleased(), deadline()).thenApply(released -> true);
    }

    /** Somebody has changed the timeline's state: whether its entries are still those that were written. */
    private CompletableFuture<Boolean> isStillSo(TimelineId timeline, List<Slice> stretch, Watermarks marks) {
        if (stretch.get(0).first() > marks.warmReleased().value() + 1) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> same =
                ports.policy().limits(List.of(timeline), deadline()).thenApply(limits -> limits.containsKey(timeline));
        for (Slice slice : stretch) {
            EntryRow.Checksum checksum = new EntryRow.Checksum();
            same = same.thenCompose(still ->
                    still ? compare(slice, slice.first(), checksum) : CompletableFuture.completedFuture(false));
        }
        return same;
    }

    private CompletableFuture<Boolean> compare(Slice slice, long from, EntryRow.Checksum checksum) {
        long to = Math.min(slice.last(), from + TierReader.MAX_RANGE - 1);
        EntryRange range = EntryRange.of(slice.timeline(), from, to);
        return ports.warm()
                .read(range, Direction.FORWARD, COMPARED_BYTES, deadline())
                .thenCompose(found -> {
                    // An erased entry tells less here than in the file; then the stretch is left for the next job.
                    if (!found.gaps().isEmpty() || found.entries().isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    long next = from;
                    for (Entry entry : found.entries()) {
                        if (entry.seq().value() != next) {
                            return CompletableFuture.completedFuture(false);
                        }
                        checksum.add(EntryRow.of(entry));
                        next++;
                    }
                    return next > slice.last()
                            ? CompletableFuture.completedFuture(checksum.value() == slice.checksum())
                            : compare(slice, next, checksum);
                });
    }

    private static Deadline deadline() {
        return Deadline.after(TIMEOUT);
    }

    /** @throws CorruptDataException when a commit that must be completed has left no trace in the table */
    static void requireFiles(ArchiveTable.Change change, String name) {
        if (change.added().isEmpty() && change.removed().isEmpty()) {
            throw new CorruptDataException(
                    "a commit of the archive cannot be completed: its snapshot is gone", Map.of("commit", name), null);
        }
    }
}
