package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
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
import java.util.concurrent.CompletableFuture;
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
            try {
                List<Slice> slices = SliceScan.of(files, file);
                session.requireWriter();
                Futures.get(locators.remove(slices));
            } catch (FileNotFoundException e) {
                LOG.debug("a replaced file is gone, and so are its rows in the locator file={}", file, e);
            }
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
     * @return what could not be moved after all, since it has changed, or is held now: it must be taken out of the files
     */
    Map<TimelineId, List<Slice>> moved(List<Moved> moved, WriterSession session) throws IOException {
        ArchiveProgress progress = session.progress();
        List<Slice> slices = moved.stream().map(Moved::slice).toList();
        progress.at("settle", 0, moved.size());
        session.requireWriter();
        Futures.get(locators.put(slices));
        Map<TimelineId, List<Slice>> refused = new HashMap<>();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        List<CompletableFuture<?>> failures = new ArrayList<>();
        int at = 0;
        while (at < moved.size()) {
            int end = at + 1;
            TimelineId timeline = slices.get(at).timeline();
            while (end < moved.size() && slices.get(end).timeline().equals(timeline)) {
                end++;
            }
            List<Slice> stretch = slices.subList(at, end);
            inFlight.acquireUninterruptibly();
            CompletableFuture<?> one = move(timeline, stretch, moved.get(at).before(), 0)
                    .thenAccept(done -> {
                        if (!done) {
                            synchronized (refused) {
                                refused.put(timeline, stretch);
                            }
                        }
                    })
                    .whenComplete((done, failure) -> inFlight.release());
            failures.removeIf(each -> each.isDone() && !each.isCompletedExceptionally());
            failures.add(one);
            at = end;
            progress.at("settle", at, moved.size());
        }
        failures.forEach(Futures::get);
        session.requireWriter();
        refused.values().forEach(stretch -> Futures.get(locators.remove(stretch)));
        return refused;
    }

    private CompletableFuture<Boolean> move(
            TimelineId timeline, List<Slice> stretch, @Nullable TierState before, int tries) {
        long last = stretch.get(stretch.size() - 1).last();
        return ports.watermarks().state(timeline, deadline()).thenCompose(state -> {
            if (state.watermarks().coldThrough().value() >= last) {
                return release(timeline, state.watermarks());
            }
            if (state.watermarks().warmThrough().value() < last || tries >= MAX_TRIES) {
                return CompletableFuture.completedFuture(false);
            }
            return (state.equals(before)
                            ? CompletableFuture.completedFuture(true)
                            : isStillSo(timeline, stretch, state.watermarks()))
                    .thenCompose(same -> same
                            ? commit(timeline, stretch, state, before, tries)
                            : CompletableFuture.completedFuture(false));
        });
    }

    private CompletableFuture<Boolean> commit(
            TimelineId timeline, List<Slice> stretch, TierState state, @Nullable TierState before, int tries) {
        SequenceId last = SequenceId.of(stretch.get(stretch.size() - 1).last());
        TierState next = state.moved(state.watermarks().withColdThrough(last));
        return ports.watermarks()
                .replace(timeline, state, next, deadline())
                .thenCompose(done ->
                        done ? release(timeline, next.watermarks()) : move(timeline, stretch, before, tries + 1));
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
