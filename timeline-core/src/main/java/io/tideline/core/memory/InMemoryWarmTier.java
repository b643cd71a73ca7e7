package io.tideline.core.memory;

import io.tideline.core.store.Deadline;
import io.tideline.core.tier.EntryRange;
import io.tideline.core.tier.ErasedEntry;
import io.tideline.core.tier.RangeDigest;
import io.tideline.core.tier.WarmTier;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The warm tier of the model. */
final class InMemoryWarmTier extends InMemoryTableTier implements WarmTier {
    InMemoryWarmTier(InMemoryTimelineStore store) {
        super(store, InMemoryTimeline::warm);
    }

    @Override
    public CompletableFuture<RangeDigest> copyFromHot(EntryRange range, Deadline deadline) {
        return with(range.timeline(), found -> {
            found.hot().rows(range).forEach(found.warm()::put);
            return found.hot().digest(range);
        });
    }

    @Override
    public CompletableFuture<Void> restore(
            TimelineId timeline, List<Entry> entries, List<ErasedEntry> erased, Deadline deadline) {
        return withExisting(timeline, found -> {
                    entries.forEach(found.warm()::put);
                    erased.forEach(marker -> found.warm().put(new InMemoryTier.Stored(withoutContent(marker), true)));
                    return true;
                })
                .thenApply(restored -> null);
    }

    @Override
    public CompletableFuture<Void> reopen(TimelineId timeline, SequenceId through, Deadline deadline) {
        // What is released is dropped at once here, and nothing later.
        return CompletableFuture.completedFuture(null);
    }

    private static Entry withoutContent(ErasedEntry marker) {
        return new Entry(
                marker.seq(),
                MessageId.NONE,
                new SenderId("-"),
                new ClientMessageId("-"),
                new MessageKind(""),
                Payload.EMPTY,
                marker.serverTime(),
                marker.counted());
    }
}
