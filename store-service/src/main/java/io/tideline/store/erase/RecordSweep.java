package io.tideline.store.erase;

import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.message.MessageChange;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.RecordScan;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.internal.Repetition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Takes away the records of a conversation that hold what was said: contents of edits, and reactions. That a message was
 * taken back, hidden or read says nothing of what it was, and stays.
 */
final class RecordSweep {
    private static final int PAGE = 1000;

    private final RecordStore records;
    private final Duration requestTimeout;
    private final ErasureTarget target;
    private final SequenceId through;
    private final Instant before;
    private final EraseTally tally;

    RecordSweep(EraseWork work, Erasure erasure, EraseTally tally) {
        this.records = work.records();
        this.requestTimeout = work.config().requestTimeout();
        this.target = erasure.target();
        this.through = erasure.through();
        this.before = erasure.before();
        this.tally = tally;
    }

    CompletableFuture<Void> all(TimelineId conversation) {
        return sweep(conversation, RecordKind.CHANGE, "content", this::isContent)
                .thenCompose(done -> sweep(conversation, RecordKind.REACTION, "reaction", this::isReaction));
    }

    private CompletableFuture<Void> sweep(
            TimelineId conversation, RecordKind kind, String what, Predicate<TimelineRecord> goes) {
        RecordScan all = RecordScan.all(conversation, PAGE, kind);
        RecordScan[] next = {
            target instanceof ErasureTarget.OneMessage message
                    ? all.withPrefix(KeyPart.of(message.seq().value()))
                    : all
        };
        return Repetition.whileMore(() -> records.scan(next[0], deadline()).thenCompose(page -> {
                    List<TimelineRecord> found = page.records();
                    if (found.isEmpty()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    next[0] = next[0].withAfter(found.get(found.size() - 1).key());
                    return remove(found.stream().filter(goes).toList(), what).thenApply(done -> !page.complete());
                }))
                .thenApply(done -> null);
    }

    /** Each by its own version: what was written since is looked at by the next pass. */
    private CompletableFuture<Void> remove(List<TimelineRecord> going, String what) {
        int[] at = {0};
        return Repetition.whileMore(() -> {
                    if (at[0] == going.size()) {
                        return CompletableFuture.completedFuture(false);
                    }
                    TimelineRecord record = going.get(at[0]++);
                    List<RecordKey> key = List.of(record.key());
                    return records.remove(key, record.version(), deadline()).thenApply(done -> {
                        tally.removed("records", what, 1);
                        return true;
                    });
                })
                .thenApply(done -> null);
    }

    private boolean isContent(TimelineRecord record) {
        if (!(new MessageCodec().change(record) instanceof MessageChange.Edited edited)) {
            return false;
        }
        if (target instanceof ErasureTarget.OneMessage) {
            return true;
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return edited.by().equals(user.user()) && !edited.when().isAfter(before);
        }
        return isWithin(record);
    }

    private boolean isReaction(TimelineRecord record) {
        if (target instanceof ErasureTarget.OneMessage) {
            return true;
        }
        if (target instanceof ErasureTarget.OneUser user) {
            return record.key().text(1).equals(user.user().value());
        }
        return isWithin(record);
    }

    /** Of a conversation: written by an entry that goes. Of an app, everything. */
    private boolean isWithin(TimelineRecord record) {
        return !(target instanceof ErasureTarget.OneConversation) || record.version() <= through.value();
    }

    private Deadline deadline() {
        return Deadline.after(requestTimeout);
    }
}
