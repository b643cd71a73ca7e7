package io.tideline.hbase.store;

import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Timelines on HBase. Futures complete on threads of HBase's client or of the store's timer.
 */
final class HBaseTimelineStore implements TimelineStore {
    private final Map<TimelineTable, AppendLanes> lanes;
    private final PageReader pages;
    private final HeadReader heads;
    private volatile @Nullable SchemaMismatchException refusal;

    HBaseTimelineStore(Map<TimelineTable, AppendLanes> lanes, PageReader pages, HeadReader heads) {
        this.lanes = new EnumMap<>(lanes);
        this.pages = pages;
        this.heads = heads;
    }

    /** From now on appends are refused with {@code reason}, or, with null, taken again. */
    void refuseAppends(@Nullable SchemaMismatchException reason) {
        refusal = reason;
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        @Nullable TidelineException refused = refusal;
        if (refused == null && deadline.hasPassed()) {
            refused = AppendLanes.deadlinePassed();
        }
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        PendingAppend pending = new PendingAppend(append, deadline);
        try {
            lanesOf(append.timeline()).append(pending);
        } catch (TidelineException e) {
            return CompletableFuture.failedFuture(e);
        }
        return pending.outcome();
    }

    private AppendLanes lanesOf(TimelineId timeline) {
        @Nullable AppendLanes found = lanes.get(TimelineTable.of(timeline.family()));
        if (found == null) {
            throw new IllegalStateException("no lanes for " + timeline.family());
        }
        return found;
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        return pages.read(query, deadline);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        if (queries.size() > MAX_HEADS) {
            throw new IllegalArgumentException("queries: " + queries.size() + " (expected: 0.." + MAX_HEADS + ")");
        }
        if (queries.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return heads.heads(queries, deadline).thenApply(found -> {
            for (HeadQuery query : queries) {
                SequenceId last =
                        found.getOrDefault(query.timeline(), Head.EMPTY).last();
                if (query.floor().isAfter(last)) {
                    throw HeadReader.behind(query.floor(), last);
                }
            }
            return found;
        });
    }
}
