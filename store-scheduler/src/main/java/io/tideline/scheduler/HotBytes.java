package io.tideline.scheduler;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.TableTier;
import io.tideline.core.timeline.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How many of the newest entries of a timeline fit into so many bytes of the hot tier. Of no more than {@value #SAMPLE}
 * entries all are measured; of more, {@value #WINDOWS} stretches of {@value #WINDOW}, evenly apart from the first to the
 * last, stand for what is between them. So one look never costs more, however long a timeline is, and a stretch of unusual
 * entries is met if it is longer than a seventh of the whole.
 */
final class HotBytes {
    static final int WINDOWS = 8;
    static final int WINDOW = 250;
    static final int SAMPLE = WINDOWS * WINDOW;

    /** Timelines that are remembered; a range takes some hundred bytes. */
    private static final int REMEMBERED = 100_000;

    private final TableTier hot;

    /** What fitted when it was measured, and has not changed since: nobody need look again. */
    private final Cache<TimelineId, EntryRange> fitting =
            CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();

    HotBytes(TableTier hot) {
        this.hot = hot;
    }

    /** The greatest seq that is to leave for the rest to fit; 0 when everything fits. */
    CompletableFuture<Long> beyond(EntryRange range, long limit, Deadline deadline) {
        if (range.equals(fitting.getIfPresent(range.timeline()))) {
            return CompletableFuture.completedFuture(0L);
        }
        List<CompletableFuture<RangeDigest>> measured = windows(range).stream()
                .map(window -> hot.digest(window, deadline))
                .toList();
        return CompletableFuture.allOf(measured.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    long bytes = measured.stream()
                            .mapToLong(digest -> digest.join().bytes())
                            .sum();
                    long count = measured.stream()
                            .mapToLong(digest -> digest.join().count())
                            .sum();
                    double average = (double) bytes / Math.max(1, count);
                    if (average * range.length() <= limit) {
                        fitting.put(range.timeline(), range);
                        return 0L;
                    }
                    return range.last().value() - (long) (limit / average);
                });
    }

    private static List<EntryRange> windows(EntryRange range) {
        if (range.length() <= SAMPLE) {
            return List.of(range);
        }
        List<EntryRange> windows = new ArrayList<>(WINDOWS);
        for (int i = 0; i < WINDOWS; i++) {
            long first = range.first().value() + (range.length() - WINDOW) * i / (WINDOWS - 1);
            windows.add(EntryRange.of(range.timeline(), first, first + WINDOW - 1));
        }
        return windows;
    }
}
