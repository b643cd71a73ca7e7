package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.tier.RangeSlice;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.PageAnswer;
import io.tideline.hbase.sequencer.RowKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.hadoop.hbase.Cell;
import org.jspecify.annotations.Nullable;

/** Cells' values on their way to being entries. For one thread at a time. */
final class EntrySlice {
    private final List<Entry> entries = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private long bytes;
    private long last;

    /** Neighbours often have the same sender and nearly always the same kind: those values are made once. */
    private @Nullable EntryBytes before;

    private SenderId sender = new SenderId("-");
    private MessageKind kind = new MessageKind("");

    /** Entries and markers of erased ones. */
    int size() {
        return entries.size() + gaps.size();
    }

    /** Of payloads. */
    long bytes() {
        return bytes;
    }

    /** The seq that was added last. */
    long last() {
        return last;
    }

    RangeSlice toSlice() {
        return new RangeSlice(entries, gaps);
    }

    /** All of an answer; whether there may be more. Fails as a stage does. */
    boolean addAll(Cell answer) {
        try {
            return PageAnswer.decode(
                    answer.getValueArray(), answer.getValueOffset(), answer.getValueLength(), this::add);
        } catch (MalformedBatchException e) {
            throw new CompletionException(e);
        }
    }

    /** The cell of an entry's row. */
    void add(Cell cell, int prefixLength) throws MalformedBatchException {
        long seq = RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefixLength);
        add(seq, cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
    }

    private void add(long seq, byte[] source, int offset, int length) throws MalformedBatchException {
        last = seq;
        try {
            if (EntryBytes.isErased(source, offset, length)) {
                long counted =
                        EntryBytes.decodeErased(source, offset, length, seq).counted();
                gaps.add(Gap.erased(SequenceId.of(seq), counted));
                return;
            }
            Entry entry = entry(seq, EntryBytes.decodeCell(source, offset, length, seq));
            bytes += entry.payload().size();
            entries.add(entry);
        } catch (IllegalArgumentException e) {
            throw new MalformedBatchException("entry: bad field");
        }
    }

    private Entry entry(long seq, EntryBytes.Stored stored) {
        EntryBytes entry = stored.entry();
        if (before == null || !entry.hasSenderOf(before)) {
            sender = new SenderId(new String(entry.sender(), UTF_8));
        }
        if (before == null || !entry.hasKindOf(before)) {
            kind = new MessageKind(new String(entry.kind(), UTF_8));
        }
        before = entry;
        return new Entry(
                SequenceId.of(seq),
                entry.messageId() == 0 ? MessageId.NONE : MessageId.of(entry.messageId()),
                sender,
                new ClientMessageId(new String(entry.clientMessageId(), UTF_8)),
                kind,
                Payload.takeOver(entry.payload()),
                Instant.ofEpochMilli(stored.serverTime()),
                stored.counted());
    }
}
