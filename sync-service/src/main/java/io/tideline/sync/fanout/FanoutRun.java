package io.tideline.sync.fanout;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.Diffusion;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.hbase.codec.SyncCodec;
import io.tideline.sync.internal.Flow;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One worker's walk through what is due in one conversation. States: lease taken, then per step entries read, brought to
 * all, cursor raised; when the task is reached, it is removed, and when no newer one stands, the lease released. A crash
 * anywhere leaves the cursor at the last whole step, from which any worker goes on.
 *
 * <p>Steps follow each other, so the fields need no lock.
 */
final class FanoutRun {
    /** How a run ended. */
    enum Result {
        /** Nothing was left when it ended. */
        DONE,
        /** Another worker has the lease. */
        BUSY
    }

    private final FanoutServices services;
    private final TimelineId timeline;
    private final ConversationId id;
    private final RecordKey taskKey;
    private final RecordKey cursorKey;
    private SequenceId cursor = SequenceId.NONE;
    private SequenceId due = SequenceId.NONE;
    private Diffusion diffusion = Diffusion.READ;

    FanoutRun(FanoutServices services, TimelineId timeline) {
        this.services = services;
        this.timeline = timeline;
        this.id = new ConversationId(timeline.name());
        this.taskKey = RecordKey.of(timeline, RecordKind.FANOUT_TASK);
        this.cursorKey = RecordKey.of(timeline, RecordKind.FANOUT_CURSOR);
    }

    CompletableFuture<Result> run() {
        RecordKey leaseKey = FanoutLease.key(timeline);
        RecordKey conversationKey = RecordKey.of(timeline, RecordKind.CONVERSATION);
        List<RecordKey> keys = List.of(taskKey, cursorKey, leaseKey, conversationKey);
        return services.records().get(keys, deadline()).thenCompose(found -> {
            @Nullable TimelineRecord task = found.get(taskKey);
            @Nullable TimelineRecord conversation = found.get(conversationKey);
            if (task == null || conversation == null) {
                return CompletableFuture.completedFuture(Result.DONE);
            }
            @Nullable TimelineRecord leased = found.get(leaseKey);
            if (leased != null && heldByAnother(leased)) {
                return CompletableFuture.completedFuture(Result.BUSY);
            }
            begin(found, task);
            FanoutLease lease = services.lease(timeline, leased == null ? 0 : leased.version());
            return lease.take()
                    .thenCompose(taken -> taken
                            ? walk(ConversationCodec.decodeConversation(conversation), lease)
                            : CompletableFuture.completedFuture(Result.BUSY));
        });
    }

    private boolean heldByAnother(TimelineRecord leased) {
        SyncCodec.Lease lease = SyncCodec.decodeLease(leased);
        return lease.until().isAfter(services.clock().instant())
                && !lease.holder().equals(services.config().name());
    }

    private void begin(Map<RecordKey, TimelineRecord> found, TimelineRecord task) {
        due = SequenceId.of(task.version());
        @Nullable TimelineRecord done = found.get(cursorKey);
        if (done != null) {
            cursor = SequenceId.of(done.version());
            diffusion = SyncCodec.decodeCursor(done);
        }
    }

    private CompletableFuture<Result> walk(Conversation conversation, FanoutLease lease) {
        FanoutDelivery delivery = new FanoutDelivery(services, timeline, conversation.kind(), lease);
        return Flow.repeat(() -> due.isAfter(cursor) ? step(delivery, lease) : finish())
                .thenCompose(done -> lease.release())
                .thenApply(released -> Result.DONE)
                .exceptionallyCompose(failure -> Flow.unwrap(failure) instanceof LeaseLostException
                        ? CompletableFuture.completedFuture(Result.BUSY)
                        : CompletableFuture.failedFuture(Flow.unwrap(failure)));
    }

    private CompletableFuture<Boolean> step(FanoutDelivery delivery, FanoutLease lease) {
        ReadQuery query = new ReadQuery(
                timeline,
                cursor.next(),
                due,
                io.tideline.core.store.Direction.FORWARD,
                services.config().entriesPerStep(),
                ReadQuery.DEFAULT_MAX_BYTES,
                due);
        return lease.holding(() -> services.store().read(query, deadline())).thenCompose(page -> bring(page, delivery));
    }

    private CompletableFuture<Boolean> bring(TimelinePage page, FanoutDelivery delivery) {
        if (page.entries().isEmpty()) {
            // All of it has expired: there is nothing left to refer to.
            return raise(page.next().plus(-1), diffusion);
        }
        FanoutPlan plan = FanoutPlan.next(id, page.entries(), diffusion);
        return delivery.deliver(plan).thenCompose(done -> raise(plan.through(), plan.next()));
    }

    private CompletableFuture<Boolean> raise(SequenceId through, Diffusion next) {
        TimelineRecord record = new TimelineRecord(cursorKey, through.value(), SyncCodec.encode(next));
        return services.records().raise(List.of(record), deadline()).thenApply(raised -> {
            cursor = through;
            diffusion = next;
            return true;
        });
    }

    /** Removes the task; true when a newer one has come meanwhile. */
    private CompletableFuture<Boolean> finish() {
        return services.records()
                .remove(List.of(taskKey), cursor.value(), deadline())
                .thenCompose(removed -> services.records().get(List.of(taskKey), deadline()))
                .thenApply(found -> {
                    @Nullable TimelineRecord task = found.get(taskKey);
                    due = task == null ? cursor : SequenceId.of(task.version());
                    return due.isAfter(cursor);
                });
    }

    private Deadline deadline() {
        return Deadline.after(services.config().requestTimeout());
    }
}
