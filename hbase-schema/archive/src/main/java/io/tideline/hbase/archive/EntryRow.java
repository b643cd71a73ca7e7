package io.tideline.hbase.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.hbase.sequencer.EntryBytes;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * One row of a file, on its way between a cell, a file and an entry: bytes, which nobody changes, and not yet text.
 *
 * <p>Of an erased entry, seq, time and running count are all there is.
 */
final class EntryRow {
    private static final byte[] NOTHING = {};

    private final long seq;
    private final long time;
    private final long counted;
    private final boolean erased;
    private final long messageId;
    private final byte[] sender;
    private final byte[] clientMessageId;
    private final byte[] kind;
    private final byte[] payload;

    EntryRow(
            long seq,
            long time,
            long counted,
            boolean erased,
            long messageId,
            byte[] sender,
            byte[] clientMessageId,
            byte[] kind,
            byte[] payload) {
        this.seq = seq;
        this.time = time;
        this.counted = counted;
        this.erased = erased;
        this.messageId = messageId;
        this.sender = sender;
        this.clientMessageId = clientMessageId;
        this.kind = kind;
        this.payload = payload;
    }

    static EntryRow erased(long seq, long time, long counted) {
        return new EntryRow(seq, time, counted, true, 0, NOTHING, NOTHING, NOTHING, NOTHING);
    }

    /** The row of a cell's value. */
    static EntryRow ofCell(long seq, byte[] value, int offset, int length) throws MalformedBatchException {
        if (EntryBytes.isErased(value, offset, length)) {
            EntryBytes.Erased marker = EntryBytes.decodeErased(value, offset, length, seq);
            return erased(seq, marker.serverTime(), marker.counted());
        }
        EntryBytes.Stored stored = EntryBytes.decodeCell(value, offset, length, seq);
        EntryBytes entry = stored.entry();
        return new EntryRow(
                seq,
                stored.serverTime(),
                stored.counted(),
                false,
                entry.messageId(),
                entry.sender(),
                entry.clientMessageId(),
                entry.kind(),
                entry.payload());
    }

    /** The row of an entry that was read. */
    static EntryRow of(Entry entry) {
        return new EntryRow(
                entry.seq().value(),
                entry.serverTime().toEpochMilli(),
                entry.counted(),
                false,
                entry.messageId().value(),
                entry.sender().value().getBytes(UTF_8),
                entry.clientMessageId().value().getBytes(UTF_8),
                entry.kind().value().getBytes(UTF_8),
                entry.payload().toByteArray());
    }

    /** What is left of it when it is erased. */
    EntryRow withoutContent() {
        return erased ? this : erased(seq, time, counted);
    }

    /** @throws IllegalArgumentException when it was erased, or is no entry */
    Entry toEntry() {
        if (erased) {
            throw new IllegalArgumentException("entry: erased (expected: one with content)");
        }
        return new Entry(
                SequenceId.of(seq),
                messageId == 0 ? MessageId.NONE : MessageId.of(messageId),
                new SenderId(new String(sender, UTF_8)),
                new ClientMessageId(new String(clientMessageId, UTF_8)),
                new MessageKind(new String(kind, UTF_8)),
                Payload.takeOver(payload),
                Instant.ofEpochMilli(time),
                counted);
    }

    /** Adds all of it to a checksum; each field is preceded by its length or has a fixed one. */
    void addTo(CRC32C checksum, ByteBuffer scratch) {
        scratch.clear();
        scratch.putLong(seq)
                .putLong(time)
                .putLong(counted)
                .put((byte) (erased ? 1 : 0))
                .putLong(messageId);
        scratch.putInt(sender.length)
                .putInt(clientMessageId.length)
                .putInt(kind.length)
                .putInt(payload.length);
        checksum.update(scratch.flip());
        checksum.update(sender);
        checksum.update(clientMessageId);
        checksum.update(kind);
        checksum.update(payload);
    }

    /** What {@link #addTo} needs besides. */
    static ByteBuffer scratch() {
        return ByteBuffer.allocate(64);
    }

    long seq() {
        return seq;
    }

    /** Milliseconds since 1970. */
    long time() {
        return time;
    }

    long counted() {
        return counted;
    }

    boolean isErased() {
        return erased;
    }

    /** 0 for none. */
    long messageId() {
        return messageId;
    }

    byte[] sender() {
        return sender;
    }

    byte[] clientMessageId() {
        return clientMessageId;
    }

    byte[] kind() {
        return kind;
    }

    byte[] payload() {
        return payload;
    }

    /** About what it takes in memory. */
    int weight() {
        return 160 + sender.length + clientMessageId.length + kind.length + payload.length;
    }

    /** A checksum over rows, in their order. */
    static final class Checksum {
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer scratch = scratch();

        Checksum add(EntryRow row) {
            row.addTo(crc, scratch);
            return this;
        }

        long value() {
            return crc.getValue();
        }
    }
}
