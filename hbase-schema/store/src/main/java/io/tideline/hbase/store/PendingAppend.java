package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.record.Attachment;
import io.tideline.core.record.Guard;
import io.tideline.core.record.RecordKind;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.sequencer.AppendBatch;
import io.tideline.hbase.sequencer.BatchAnswer;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.ItemWriter;
import io.tideline.hbase.sequencer.RowKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An append on its way: encoded once, by the thread that asked for it, and sent as often as it takes. */
final class PendingAppend {
    /** What an item may have, so that it fits into a request of its own. */
    private static final int MAX_ITEM_BYTES = AppendBatch.MAX_BYTES - 64;

    private final byte[] headRow;
    private final byte[] item;
    private final int writes;
    private final MessageId[] messageIds;
    private final boolean[] counts;
    private final Deadline deadline;
    private final CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();

    /** Encodes it. @throws IllegalArgumentException when the keys of its attachments are too large together */
    PendingAppend(TimelineAppend append, Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(append.timeline());
        this.headRow = RowKeys.headRow(prefix);
        this.item = encode(prefix, append);
        this.writes = append.entries().size() + append.attachments().size();
        // Not the entries, whose payloads lie in the item already.
        this.messageIds = new MessageId[append.entries().size()];
        this.counts = new boolean[messageIds.length];
        for (int i = 0; i < messageIds.length; i++) {
            messageIds[i] = append.entries().get(i).messageId();
            counts[i] = append.entries().get(i).counting().counts();
        }
        this.deadline = deadline;
        if (item.length > MAX_ITEM_BYTES) {
            throw new IllegalArgumentException(
                    "append: " + item.length + " bytes with all keys (expected: 0.." + MAX_ITEM_BYTES + ")");
        }
    }

    private static byte[] encode(byte[] prefix, TimelineAppend append) {
        ItemWriter writer = new ItemWriter(prefix, append.entries().size(), expectedBytes(prefix, append));
        for (NewEntry entry : append.entries()) {
            writer.entry(
                    entry.counting().code(),
                    entry.messageId().value(),
                    entry.originalTime().map(Instant::toEpochMilli).orElse(EntryBytes.NO_TIME),
                    entry.sender().value().getBytes(UTF_8),
                    entry.clientMessageId().value().getBytes(UTF_8),
                    entry.kind().value().getBytes(UTF_8),
                    entry.payload().toByteArray());
        }
        writer.rest(
                append.discounted().value(),
                append.attachments().size(),
                append.guards().size());
        for (Attachment attachment : append.attachments()) {
            RecordKind kind = attachment.kind();
            writer.attachment(
                    attachment.entryIndex(),
                    kind.liesApart(),
                    kind.facet(),
                    TimelineKeys.recordSuffix(kind, attachment.parts()),
                    attachment.value().toByteArray());
        }
        for (Guard guard : append.guards()) {
            writer.guard(
                    guard.kind().facet(),
                    TimelineKeys.recordSuffix(guard.kind(), guard.parts()),
                    guard.version().orElse(-1),
                    guard.leastLevel());
        }
        return writer.toByteArray();
    }

    private static int expectedBytes(byte[] prefix, TimelineAppend append) {
        int size = prefix.length + 16;
        for (NewEntry entry : append.entries()) {
            size += entry.payload().size() + 96;
        }
        for (Attachment attachment : append.attachments()) {
            size += attachment.value().size() + 64;
        }
        return size + 64 * append.guards().size();
    }

    byte[] headRow() {
        return headRow;
    }

    byte[] item() {
        return item;
    }

    /** Entries and attachments. */
    int writes() {
        return writes;
    }

    Deadline deadline() {
        return deadline;
    }

    CompletableFuture<AppendOutcome> outcome() {
        return outcome;
    }

    void answer(BatchAnswer.ItemAnswer answer) {
        if (answer instanceof BatchAnswer.AllNew all) {
            outcome.complete(new AppendOutcome.Appended(receipts(all)));
        } else if (answer instanceof BatchAnswer.SomeRepeated some) {
            outcome.complete(new AppendOutcome.Appended(receipts(some)));
        } else if (answer instanceof BatchAnswer.Conflict conflict) {
            outcome.complete(new AppendOutcome.Conflict(conflict.entryIndex(), SequenceId.of(conflict.existingSeq())));
        } else if (answer instanceof BatchAnswer.Refused refused) {
            outcome.complete(new AppendOutcome.Refused(refused.guardIndex(), refused.version(), refused.level()));
        } else if (answer instanceof BatchAnswer.Unreadable) {
            outcome.completeExceptionally(new CorruptDataException(
                    "what is stored of the timeline cannot be decoded; nothing was appended", Map.of(), null));
        } else {
            throw new IllegalStateException("answer: wrong region (expected: sent again before it is answered)");
        }
    }

    private List<Receipt> receipts(BatchAnswer.AllNew all) {
        Instant time = Instant.ofEpochMilli(all.serverTime());
        long counted = all.firstCounted();
        if (messageIds.length == 1) {
            return List.of(new Receipt(SequenceId.of(all.firstSeq()), time, false, messageIds[0], counted));
        }
        List<Receipt> receipts = new ArrayList<>(messageIds.length);
        for (int i = 0; i < messageIds.length; i++) {
            counted += i > 0 && counts[i] ? 1 : 0;
            receipts.add(new Receipt(SequenceId.of(all.firstSeq() + i), time, false, messageIds[i], counted));
        }
        return receipts;
    }

    private static List<Receipt> receipts(BatchAnswer.SomeRepeated some) {
        return some.entries().stream()
                .map(e -> new Receipt(
                        SequenceId.of(e.seq()),
                        Instant.ofEpochMilli(e.serverTime()),
                        e.repeated(),
                        MessageId.of(e.messageId()),
                        e.counted()))
                .toList();
    }

    void fail(TidelineException failure) {
        outcome.completeExceptionally(failure);
    }
}
