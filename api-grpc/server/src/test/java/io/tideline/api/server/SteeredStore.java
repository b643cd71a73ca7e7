package io.tideline.api.server;

import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** A store whose appends and reads a test may replace, and which remembers what it was asked first. */
final class SteeredStore implements TimelineStore {
    private static final int REMEMBERED = 1_000;

    private final TimelineStore store;
    final List<TimelineAppend> appends = new CopyOnWriteArrayList<>();
    final List<Deadline> deadlines = new CopyOnWriteArrayList<>();
    final List<ReadQuery> reads = new CopyOnWriteArrayList<>();
    volatile BiFunction<TimelineAppend, Deadline, CompletableFuture<AppendOutcome>> onAppend;
    volatile BiFunction<ReadQuery, Deadline, CompletableFuture<TimelinePage>> onRead;

    SteeredStore(TimelineStore store) {
        this.store = store;
        this.onAppend = store::append;
        this.onRead = store::read;
    }

    private static <T> void remember(List<T> asked, T what) {
        if (asked.size() < REMEMBERED) {
            asked.add(what);
        }
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        remember(appends, append);
        remember(deadlines, deadline);
        return onAppend.apply(append, deadline);
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        remember(reads, query);
        return onRead.apply(query, deadline);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        return store.heads(queries, deadline);
    }

    TimelineStore behind() {
        return store;
    }
}
