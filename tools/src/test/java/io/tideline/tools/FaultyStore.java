package io.tideline.tools;

import io.tideline.core.error.OverloadedException;
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
import java.util.function.IntPredicate;

/** A store whose appends a test can make fail, before or after they have been done. */
public final class FaultyStore implements TimelineStore {
    private final TimelineStore store;
    private final AtomicInteger appends = new AtomicInteger();
    private volatile Fault fault = (number, answer) -> answer;
    private volatile IntPredicate refused = number -> false;

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

    /** Which appends, counted from 1, are refused for now without having been done. */
    public void refuse(IntPredicate newRefused) {
        refused = newRefused;
    }

    public int appends() {
        return appends.get();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
        int number = appends.incrementAndGet();
        return refused.test(number)
                ? CompletableFuture.failedFuture(new OverloadedException("refused by a test", Map.of(), null))
                : fault.after(number, store.append(append, deadline));
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
