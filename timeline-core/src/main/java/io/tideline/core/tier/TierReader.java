package io.tideline.core.tier;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import java.util.concurrent.CompletableFuture;

/** The port for reading from one tier. */
public interface TierReader {
    /**
     * What the tier has of a range. Whoever asks has the watermarks and judges whether it is all.
     *
     * <p>Fails (deferred) with {@code StorageUnavailableException}, {@code CorruptDataException}, {@code
     * DeadlinePassedException}.
     *
     * @param range at most {@value #MAX_RANGE} seqs
     * @param maxBytes payload bytes, 1 or more: the slice may end with the entry that reaches them, and not before
     */
    CompletableFuture<RangeSlice> read(EntryRange range, Direction direction, int maxBytes, Deadline deadline);

    /** The most seqs of one read. */
    int MAX_RANGE = 1000;

    /** A tier that has nothing. */
    static TierReader empty() {
        return (range, direction, maxBytes, deadline) -> CompletableFuture.completedFuture(RangeSlice.EMPTY);
    }
}
