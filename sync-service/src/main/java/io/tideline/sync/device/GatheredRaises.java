package io.tideline.sync.device;

import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.sync.internal.Flow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Checkpoints of many devices by few requests: while as many are under way as may be, what comes meanwhile waits, and goes
 * together with the next one. Bounded by the callers, each of whom has one raise under way.
 */
final class GatheredRaises {
    private static final int MAX_REQUESTS = 4;

    private record Raise(List<TimelineRecord> records, Deadline deadline, CompletableFuture<Void> done) {}

    private final RecordStore records;
    private final Object lock = new Object();
    private final Deque<Raise> waiting = new ArrayDeque<>();
    private int requests;

    GatheredRaises(RecordStore records) {
        this.records = records;
    }

    /** As of the record store; a request that fails, fails for all who share it. */
    CompletableFuture<Void> raise(List<TimelineRecord> raised, Deadline deadline) {
        Raise mine = new Raise(raised, deadline, new CompletableFuture<>());
        synchronized (lock) {
            waiting.add(mine);
            if (requests == MAX_REQUESTS) {
                return mine.done();
            }
            requests++;
        }
        next();
        return mine.done();
    }

    private void next() {
        List<Raise> together = new ArrayList<>();
        int count = 0;
        synchronized (lock) {
            while (!waiting.isEmpty()
                    && (together.isEmpty()
                            || count + waiting.element().records().size() <= RecordStore.MAX_RECORDS)) {
                Raise raise = waiting.remove();
                count += raise.records().size();
                together.add(raise);
            }
            if (together.isEmpty()) {
                requests--;
                return;
            }
        }
        Flow.listen(Flow.call(() -> send(together)), (done, failure) -> {
            for (Raise raise : together) {
                if (failure == null) {
                    raise.done().complete(null);
                } else {
                    raise.done().completeExceptionally(failure);
                }
            }
            next();
        });
    }

    private CompletableFuture<Void> send(List<Raise> together) {
        List<TimelineRecord> all = new ArrayList<>();
        Deadline latest = together.get(0).deadline();
        for (Raise raise : together) {
            all.addAll(raise.records());
            latest = latest.later(raise.deadline());
        }
        return records.raise(all, latest);
    }
}
