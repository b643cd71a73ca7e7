package io.tideline.store.verify;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.store.internal.Repetition;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies timelines one after the other: contiguous, unique, times in order, and a head that agrees with the rows.
 *
 * <p>Each read gets a deadline of its own. What a timeline's data does (see {@link TimelineWalk}) is a finding of that
 * timeline; a storage that cannot be reached ends the run: futures then fail with the storage's exception. They
 * complete on a thread of the store or of the sink. Memory: one page, and the ids of the latest 65,536 entries.
 */
public final class TimelineVerifier {
    /** Small, since a description may carry 64 attributes of 4 KiB. */
    private static final int LIST_LIMIT = 100;

    private final TimelineStore store;
    private final TimelineDirectory directory;

    public TimelineVerifier(TimelineStore store, TimelineDirectory directory) {
        this.store = store;
        this.directory = directory;
    }

    /**
     * Verifies one timeline.
     *
     * @param described what the directory says about it: its head must not be above the rows
     */
    public CompletableFuture<VerifiedTimeline> verify(TimelineDescription described, Supplier<Deadline> deadlines) {
        return new TimelineWalk(store, described, deadlines).walk();
    }

    /** Verifies all timelines of an app in these families and hands each report to {@code sink}. */
    public CompletableFuture<?> verifyAll(
            AppId app, List<TimelineFamily> families, Supplier<Deadline> deadlines, ReportSink sink) {
        Iterator<TimelineFamily> remaining = families.iterator();
        return Repetition.whileMore(() -> {
            if (!remaining.hasNext()) {
                return CompletableFuture.completedFuture(false);
            }
            return verifyFamily(new ListQuery(app, remaining.next(), null, LIST_LIMIT), deadlines, sink)
                    .thenApply(nothing -> true);
        });
    }

    private CompletableFuture<@Nullable Void> verifyFamily(
            ListQuery first, Supplier<Deadline> deadlines, ReportSink sink) {
        // One step at a time reads and writes it; the futures between the steps publish it.
        ListQuery[] next = {first};
        return Repetition.whileMore(
                () -> directory.list(next[0], deadlines.get()).thenCompose(listing -> {
                    List<TimelineDescription> page = listing.timelines();
                    if (!listing.complete()) {
                        next[0] = new ListQuery(
                                first.app(),
                                first.family(),
                                page.get(page.size() - 1).timeline(),
                                LIST_LIMIT);
                    }
                    return verifyPage(page.iterator(), deadlines, sink).thenApply(nothing -> !listing.complete());
                }));
    }

    private CompletableFuture<@Nullable Void> verifyPage(
            Iterator<TimelineDescription> page, Supplier<Deadline> deadlines, ReportSink sink) {
        return Repetition.whileMore(() -> {
            if (!page.hasNext()) {
                return CompletableFuture.completedFuture(false);
            }
            return verify(page.next(), deadlines)
                    .thenCompose(report -> sink.accept(report).thenApply(taken -> true));
        });
    }
}
