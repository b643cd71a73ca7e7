package io.tideline.sync.fanout;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.internal.Flow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Describes unfinished work. */
final class PendingReader {
    private static final int READS_IN_FLIGHT = 16;

    private final FanoutServices services;

    PendingReader(FanoutServices services) {
        this.services = services;
    }

    CompletableFuture<PendingPage> read(Optional<TimelineId> after, int maxTasks, Deadline deadline) {
        Optional<RecordKey> start = after.map(timeline -> RecordKey.of(timeline, RecordKind.FANOUT_TASK));
        return services.records()
                .scanAll(RecordKind.FANOUT_TASK, start, maxTasks, deadline)
                .thenCompose(page -> describe(page.records(), deadline).thenApply(found -> {
                    Optional<TimelineId> next = page.complete() || found.isEmpty()
                            ? Optional.empty()
                            : Optional.of(found.get(found.size() - 1).conversation());
                    return new PendingPage(found, next);
                }));
    }

    CompletableFuture<List<PendingFanout>> describe(List<TimelineRecord> tasks, Deadline deadline) {
        if (tasks.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<RecordKey> keys = new ArrayList<>();
        for (TimelineRecord task : tasks) {
            keys.add(cursorKey(task));
            keys.add(FanoutLease.key(task.key().owner()));
        }
        return services.records()
                .get(keys, deadline)
                .thenCompose(found -> Flow.map(tasks, READS_IN_FLIGHT, task -> describe(task, found, deadline)));
    }

    private CompletableFuture<PendingFanout> describe(
            TimelineRecord task, Map<RecordKey, TimelineRecord> found, Deadline deadline) {
        TimelineId conversation = task.key().owner();
        @Nullable TimelineRecord cursor = found.get(cursorKey(task));
        SequenceId done = cursor == null ? SequenceId.NONE : SequenceId.of(cursor.version());
        Optional<String> worker = Optional.ofNullable(found.get(FanoutLease.key(conversation)))
                .map(SyncCodec::decodeLease)
                .filter(lease -> lease.until().isAfter(services.clock().instant()))
                .map(SyncCodec.Lease::holder);
        SequenceId due = SequenceId.of(task.version());
        // A task that was done since it was found waits for nothing.
        CompletableFuture<Optional<Instant>> began = due.isAfter(done)
                ? since(conversation, done.next(), due, deadline)
                : CompletableFuture.completedFuture(Optional.empty());
        return began.thenApply(since -> new PendingFanout(conversation, done, due, since, worker));
    }

    private CompletableFuture<Optional<Instant>> since(
            TimelineId conversation, SequenceId first, SequenceId due, Deadline deadline) {
        // The one entry alone: a page that is known to end there takes one request.
        ReadQuery query =
                new ReadQuery(conversation, first, first, Direction.FORWARD, 1, ReadQuery.DEFAULT_MAX_BYTES, due);
        return services.store()
                .read(query, deadline)
                .thenApply(TimelinePage::entries)
                .thenApply(entries -> entries.stream().findFirst().map(io.tideline.core.timeline.Entry::serverTime));
    }

    private static RecordKey cursorKey(TimelineRecord task) {
        return RecordKey.of(task.key().owner(), RecordKind.FANOUT_CURSOR);
    }
}
