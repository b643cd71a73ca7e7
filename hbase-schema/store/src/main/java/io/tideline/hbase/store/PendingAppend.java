package io.tideline.hbase.store;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.TidelineException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.sequencer.BatchAnswer;
import io.tideline.hbase.sequencer.ByteWriter;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.RowKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An append on its way: encoded once, by the thread that asked for it, and sent as often as it takes. */
final class PendingAppend {
    private final byte[] headRow;
    private final byte[] item;
    private final int entries;
    private final Deadline deadline;
    private final CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();

    PendingAppend(TimelineAppend append, Deadline deadline) {
        byte[] prefix = TimelineKeys.prefix(append.timeline());
        this.headRow = RowKeys.headRow(prefix);
        this.item = encode(prefix, append.entries());
        this.entries = append.entries().size();
        this.deadline = deadline;
    }

    private static byte[] encode(byte[] prefix, List<NewEntry> entries) {
        int size = prefix.length + 8;
        for (NewEntry entry : entries) {
            size += entry.payload().size() + 96;
        }
        ByteWriter writer = new ByteWriter(size).putSized(prefix).putVarint(entries.size());
        for (NewEntry entry : entries) {
            EntryBytes.write(
                    writer,
                    entry.sender().value().getBytes(StandardCharsets.UTF_8),
                    entry.clientMessageId().value().getBytes(StandardCharsets.UTF_8),
                    entry.kind().value().getBytes(StandardCharsets.UTF_8),
                    entry.payload().toByteArray());
        }
        return writer.toByteArray();
    }

    byte[] headRow() {
        return headRow;
    }

    byte[] item() {
        return item;
    }

    int entries() {
        return entries;
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
        } else if (answer instanceof BatchAnswer.Unreadable) {
            outcome.completeExceptionally(new CorruptDataException(
                    "what is stored of the timeline cannot be decoded; nothing was appended", Map.of(), null));
        } else {
            throw new IllegalStateException("answer: wrong region (expected: sent again before it is answered)");
        }
    }

    private static List<Receipt> receipts(BatchAnswer.AllNew all) {
        Instant time = Instant.ofEpochMilli(all.serverTime());
        if (all.entries() == 1) {
            return List.of(new Receipt(SequenceId.of(all.firstSeq()), time, false, MessageId.NONE, 0));
        }
        List<Receipt> receipts = new ArrayList<>(all.entries());
        for (int i = 0; i < all.entries(); i++) {
            receipts.add(new Receipt(SequenceId.of(all.firstSeq() + i), time, false, MessageId.NONE, 0));
        }
        return receipts;
    }

    private static List<Receipt> receipts(BatchAnswer.SomeRepeated some) {
        return some.entries().stream()
                .map(e -> new Receipt(
                        SequenceId.of(e.seq()), Instant.ofEpochMilli(e.serverTime()), e.repeated(), MessageId.NONE, 0))
                .toList();
    }

    void fail(TidelineException failure) {
        outcome.completeExceptionally(failure);
    }
}
