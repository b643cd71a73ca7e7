package io.tideline.store.erase;

import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.TimelineId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Knows whether what stands in a conversation has come to the inboxes, so that nothing of it comes there later. */
final class FanoutGate {
    private final RecordStore records;

    FanoutGate(RecordStore records) {
        this.records = records;
    }

    CompletableFuture<Boolean> passed(TimelineId conversation, long through, Deadline deadline) {
        RecordKey task = RecordKey.of(conversation, RecordKind.FANOUT_TASK);
        RecordKey cursor = RecordKey.of(conversation, RecordKind.FANOUT_CURSOR);
        return records.get(List.of(task, cursor), deadline).thenApply(found -> {
            @Nullable TimelineRecord done = found.get(cursor);
            return !found.containsKey(task) || done != null && done.version() >= through;
        });
    }
}
