package io.tideline.hbase.store;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.RangeSlice;
import io.tideline.core.tier.TierReader;
import java.util.concurrent.CompletableFuture;

/** Where the reader of the archive goes, which may come after the storage was opened. Until then there is nothing. */
final class ArchiveSlot implements TierReader {
    private volatile TierReader reader = TierReader.empty();

    void set(TierReader archive) {
        reader = archive;
    }

    @Override
    public CompletableFuture<RangeSlice> read(EntryRange range, Direction direction, int maxBytes, Deadline deadline) {
        return reader.read(range, direction, maxBytes, deadline);
    }
}
