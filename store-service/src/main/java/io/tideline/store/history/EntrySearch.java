package io.tideline.store.history;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Repetition;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Searches a timeline by halving: about log2 of its length reads of one entry each, in whatever tier. Seqs that cannot be
 * read any more are passed over, a page of up to {@value ReadQuery#MAX_ENTRIES} of them at a time.
 */
public final class EntrySearch {
    private final TimelineStore store;

    public EntrySearch(TimelineStore store) {
        this.store = store;
    }

    /**
     * The first readable entry of a range for which {@code reached} holds.
     *
     * @param reached once it holds for an entry it holds for all after it
     * @param last the last seq of the range, which may be beyond the head
     */
    public CompletableFuture<Optional<Entry>> first(
            TimelineId timeline, SequenceId first, SequenceId last, Predicate<Entry> reached, Deadline deadline) {
        Halving halving = new Halving(timeline, first.value(), last.value(), reached, deadline);
        return Repetition.whileMore(halving::step).thenApply(done -> Optional.ofNullable(halving.found));
    }

    /** Steps follow each other, so the fields need no lock. */
    private final class Halving {
        private final TimelineId timeline;
        private final Predicate<Entry> reached;
        private final Deadline deadline;
        private long low;
        private long high;
        private @Nullable Entry found;

        Halving(TimelineId timeline, long low, long high, Predicate<Entry> reached, Deadline deadline) {
            this.timeline = timeline;
            this.low = Math.max(1, low);
            this.high = high;
            this.reached = reached;
            this.deadline = deadline;
        }

        CompletableFuture<Boolean> step() {
            if (low > high) {
                return CompletableFuture.completedFuture(false);
            }
            long middle = low + (high - low) / 2;
            return at(timeline, SequenceId.of(middle), SequenceId.of(high), Direction.FORWARD, deadline)
                    .thenApply(entry -> {
                        if (entry.isEmpty()) {
                            high = middle - 1;
                        } else if (reached.test(entry.get())) {
                            found = entry.get();
                            high = middle - 1;
                        } else {
                            low = entry.get().seq().value() + 1;
                        }
                        return low <= high;
                    });
        }
    }

    /** The running count at a seq, which may have been erased; empty when nothing there says it any more. */
    CompletableFuture<OptionalLong> countedAt(TimelineId timeline, SequenceId seq, Deadline deadline) {
        ReadQuery query =
                new ReadQuery(timeline, seq, seq, Direction.FORWARD, 1, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE);
        return store.read(query, deadline).thenApply(page -> LongStream.concat(
                        page.entries().stream().mapToLong(Entry::counted),
                        page.gaps().stream().filter(Gap::isCounted).mapToLong(Gap::counted))
                .findFirst());
    }

    /** The first readable entry from {@code from} on, not beyond {@code to}, in a direction. */
    public CompletableFuture<Optional<Entry>> at(
            TimelineId timeline, SequenceId from, SequenceId to, Direction direction, Deadline deadline) {
        return at(
                new ReadQuery(timeline, from, to, direction, 1, ReadQuery.DEFAULT_MAX_BYTES, SequenceId.NONE),
                deadline);
    }

    private CompletableFuture<Optional<Entry>> at(ReadQuery query, Deadline deadline) {
        return store.read(query, deadline).thenCompose(page -> {
            if (!page.entries().isEmpty()) {
                return CompletableFuture.completedFuture(
                        Optional.of(page.entries().get(0)));
            }
            boolean more = page.stop() == TimelinePage.StopReason.PAGE_FULL
                    && !page.next().isNone()
                    && !page.next().equals(query.from());
            return more ? at(wider(query, page), deadline) : CompletableFuture.completedFuture(Optional.empty());
        });
    }

    /** Gaps mostly are long: the next look takes in as much as a read may. */
    private static ReadQuery wider(ReadQuery query, TimelinePage page) {
        boolean expired = page.gaps().stream().allMatch(gap -> gap.type() == Gap.Type.EXPIRED);
        return new ReadQuery(
                query.timeline(),
                page.next(),
                query.to(),
                query.direction(),
                expired ? 1 : ReadQuery.MAX_ENTRIES,
                // One entry is wanted; the page may end with it.
                1,
                query.floor());
    }
}
