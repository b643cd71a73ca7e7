package io.tideline.tools;

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
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose appends a test can make fail, before or after they have been done. */
public final class FaultyStore implements TimelineStore {
    private final TimelineStore store;
    private final AtomicInteger appends = new AtomicInteger();
    private volatile Fault fault = (number, answer) -> answer;

    FaultyStore(TimelineStore store) {
        this.store = store;
    }

    /** What becomes of the answer of an append, counted from 1; the append itself has been done. */
    public interface Fault {
        CompletableFuture<AppendOutcome> after(int number, CompletableFuture<AppendOutcome> answer);
    }

    public void onAppend(Fault newFault) {
        fault = newFault;
    }

    public int appends() {
        return appends.get();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        return fault.after(appends.incrementAndGet(), store.append(append, deadline));
    }

    @Override
    public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
        return store.read(query, deadline);
    }

    @Override
    public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
        return store.heads(queries, deadline);
    }
}
