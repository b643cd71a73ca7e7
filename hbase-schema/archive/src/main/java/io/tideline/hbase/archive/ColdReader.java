package io.tideline.hbase.archive;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.ErasedEntry;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the cold tier: the locator says in which file and where, and of the file only the pages of columns are read that
 * have those rows. What follows in the direction of reading is read ahead. Erased entries are left out by the locator's
 * word, before any file is rewritten.
 */
final class ColdReader implements TierReader, AutoCloseable {
    /** Rows that are decoded together: a few pages of a user, and a small part of a page of a column. */
    private static final int CHUNK = 128;

    private static final int WAITING = 256;
    private static final int MAX_TRIES = 3;

    /** Rows of a file from one on, at most {@link #CHUNK}. */
    private record Chunk(String file, long row) {}

    /**
     * What was read, in the order asked for.
     *
     * @param erased by the files' word, or by the locator's
     */
    record Rows(List<Entry> entries, List<ErasedEntry> erased) {
        static final Rows NONE = new Rows(List.of(), List.of());

        RangeSlice slice() {
            return new RangeSlice(
                    entries,
                    erased.stream()
                            .map(marker -> Gap.erased(marker.seq(), marker.counted()))
                            .toList());
        }
    }

    private final Locators locators;
    private final EntryFiles files;
    private final Cache<Chunk, List<EntryRow>> chunks;
    private final ThreadPoolExecutor executor;
    private final Counter pages;
    private final Counter chunksRead;

    ColdReader(Locators locators, EntryFiles files, int threads, long cacheBytes, MetricRegistry metrics) {
        this.locators = locators;
        this.files = files;
        this.chunks = Caffeine.newBuilder()
                .maximumWeight(cacheBytes)
                .weigher((Chunk chunk, List<EntryRow> rows) ->
                        rows.stream().mapToInt(EntryRow::weight).sum())
                .build();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "tideline-archive-reader");
                    thread.setDaemon(true);
                    return thread;
                });
        this.executor.allowCoreThreadTimeOut(true);
        this.pages = metrics.counter("archive.reads");
        this.chunksRead = metrics.counter("archive.chunks");
    }

    @Override
    public CompletableFuture<RangeSlice> read(EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        return rows(range, direction, maxBytes, true, deadline).thenApply(Rows::slice);
    }

    /** As {@link #read} does, with what is left of erased entries. */
    CompletableFuture<Rows> rows(EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        return rows(range, direction, maxBytes, true, deadline);
    }

    /** Reads what the files say, whatever was erased since they were written: as readers do that know no locator. */
    TierReader asStored() {
        return (range, direction, maxBytes, deadline) ->
                rows(range, direction, maxBytes, false, deadline).thenApply(Rows::slice);
    }

    private CompletableFuture<Rows> rows(
            EntryRange range, Direction direction, int maxBytes, boolean heedsMarks, Deadline deadline) {
        if (range.length() > MAX_RANGE) {
            throw new IllegalArgumentException("range: " + range.length() + " seqs (expected: 1.." + MAX_RANGE + ")");
        }
        pages.inc();
        return attempt(range, direction, maxBytes, heedsMarks, 1, deadline);
    }

    private CompletableFuture<Rows> attempt(
            EntryRange range, Direction direction, int maxBytes, boolean heedsMarks, int tries, Deadline deadline) {
        return locators.find(range, deadline)
                .thenApply(found -> heedsMarks ? found : new Locators.Found(found.slices(), Set.of()))
                .thenCompose(found -> onFiles(() -> page(range, direction, maxBytes, found))
                        .exceptionallyCompose(failure -> isMissing(failure) && tries < MAX_TRIES
                                ? attempt(range, direction, maxBytes, heedsMarks, tries + 1, deadline)
                                : CompletableFuture.failedFuture(translated(failure))));
    }

    private interface Reading {
        Rows read() throws IOException;
    }

    private CompletableFuture<Rows> onFiles(Reading reading) {
        CompletableFuture<Rows> result = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    result.complete(reading.read());
                } catch (IOException | RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new OverloadedException("too many reads of the archive wait", Map.of(), e));
        }
        return result;
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** The file was replaced after it was looked up, so that another look finds its successor. */
    private static boolean isMissing(Throwable failure) {
        return unwrap(failure) instanceof FileNotFoundException;
    }

    private static Throwable translated(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof FileNotFoundException) {
            Map<String, String> named =
                    cause instanceof EntryFiles.Missing missing ? Map.of("file", missing.file()) : Map.of();
            return new CorruptDataException("a file of the archive is missing", named, cause);
        }
        return cause instanceof IOException
                ? new StorageUnavailableException(
                        "the archive's files cannot be read",
                        Map.of("cause", cause.getClass().getSimpleName()),
                        cause)
                : cause;
    }

    private Rows page(EntryRange range, Direction direction, int maxBytes, Locators.Found found) throws IOException {
        boolean forward = direction == Direction.FORWARD;
        List<Entry> entries = new ArrayList<>();
        List<ErasedEntry> erased = new ArrayList<>();
        long bytes = 0;
        long seq = forward ? range.first().value() : range.last().value();
        Window window = new Window(found.slices());
        while (bytes < maxBytes
                && range.first().value() <= seq
                && seq <= range.last().value()) {
            EntryRow row = window.row(seq);
            if (row != null && (row.isErased() || found.erased().contains(seq))) {
                erased.add(marker(row));
            } else if (row != null) {
                Entry entry = entry(row);
                bytes += entry.payload().size();
                entries.add(entry);
            }
            seq += forward ? 1 : -1;
        }
        window.readAhead(seq);
        return new Rows(entries, erased);
    }

    private static ErasedEntry marker(EntryRow row) {
        try {
            return new ErasedEntry(SequenceId.of(row.seq()), Instant.ofEpochMilli(row.time()), row.counted());
        } catch (IllegalArgumentException e) {
            throw notOurs(e);
        }
    }

    private static Entry entry(EntryRow row) {
        try {
            return row.toEntry();
        } catch (IllegalArgumentException e) {
            throw notOurs(e);
        }
    }

    private static CorruptDataException notOurs(IllegalArgumentException e) {
        return new CorruptDataException("a row of the archive is no entry", Map.of(), e);
    }

    /** Rows of the slices of one read, seq by seq. */
    private final class Window {
        private final List<Slice> slices;
        private @Nullable Slice slice;
        private List<EntryRow> rows = List.of();
        private long rowsFrom;

        Window(List<Slice> slices) {
            this.slices = slices;
        }

        @Nullable EntryRow row(long seq) throws IOException {
            Slice in = sliceOf(seq);
            if (in == null) {
                return null;
            }
            long at = seq - rowsFrom;
            if (!in.equals(slice) || at < 0 || at >= rows.size()) {
                slice = in;
                rowsFrom = chunkStart(in, seq);
                rows = chunk(in, rowsFrom);
                at = seq - rowsFrom;
            }
            EntryRow row = rows.get((int) at);
            if (row.seq() != seq) {
                throw new CorruptDataException(
                        "the locator and a file of the archive do not agree", Map.of("file", in.file()), null);
            }
            return row;
        }

        /** A seq may be in two of them for a moment, while files are replaced: either will do. */
        private @Nullable Slice sliceOf(long seq) {
            if (slice != null && slice.first() <= seq && seq <= slice.last()) {
                return slice;
            }
            for (Slice each : slices) {
                if (each.first() <= seq && seq <= each.last()) {
                    return each;
                }
            }
            return null;
        }

        /** The chunk that the next page in this direction begins with, unless other readers wait. */
        void readAhead(long seq) {
            Slice in = sliceOf(seq);
            if (in == null || !executor.getQueue().isEmpty()) {
                return;
            }
            long from = chunkStart(in, seq);
            if (chunks.getIfPresent(new Chunk(in.file(), in.rowOf(from))) == null) {
                onFiles(() -> {
                            chunk(in, from);
                            return Rows.NONE;
                        })
                        .exceptionally(failure -> Rows.NONE);
            }
        }
    }

    /** The first seq of the chunk that a seq is in. */
    private static long chunkStart(Slice slice, long seq) {
        return seq - (seq - slice.first()) % CHUNK;
    }

    private List<EntryRow> chunk(Slice slice, long from) throws IOException {
        Chunk key = new Chunk(slice.file(), slice.rowOf(from));
        List<EntryRow> known = chunks.getIfPresent(key);
        if (known != null) {
            return known;
        }
        chunksRead.inc();
        List<EntryRow> rows = files.rows(slice.file(), key.row(), (int) Math.min(CHUNK, slice.last() - from + 1));
        chunks.put(key, rows);
        return rows;
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
