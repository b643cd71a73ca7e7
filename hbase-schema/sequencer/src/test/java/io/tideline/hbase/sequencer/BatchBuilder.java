package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** Batches as a client writes them. */
final class BatchBuilder {
    private final List<byte[]> items = new ArrayList<>();

    static byte[] prefix(String id) {
        return RowKeys.prefix("app".getBytes(UTF_8), 2, id.getBytes(UTF_8));
    }

    /** A counted entry without message id, for {@link #item(byte[], byte[]...)}. */
    static byte[] entry(String sender, String clientMessageId, String payload) {
        return entry(EntryBytes.COUNTED, 0, sender, clientMessageId, payload);
    }

    static byte[] entry(int counting, long messageId, String sender, String clientMessageId, String payload) {
        return entry(counting, messageId, EntryBytes.NO_TIME, sender, clientMessageId, payload);
    }

    /** A counted entry of sender {@code s} that is imported. */
    static byte[] imported(long originalTime, String clientMessageId) {
        return entry(EntryBytes.COUNTED, 0, originalTime, "s", clientMessageId, "payload of " + clientMessageId);
    }

    private static byte[] entry(
            int counting, long messageId, long originalTime, String sender, String clientMessageId, String payload) {
        ByteWriter writer = new ByteWriter(64);
        EntryBytes.writeFlags(writer, counting, messageId, originalTime);
        return writer.put(plainEntry(sender, clientMessageId, payload)).toByteArray();
    }

    /** An entry of protocol version 1. */
    static byte[] plainEntry(String sender, String clientMessageId, String payload) {
        ByteWriter writer = new ByteWriter(64);
        EntryBytes.writeFields(
                writer,
                sender.getBytes(UTF_8),
                clientMessageId.getBytes(UTF_8),
                "text".getBytes(UTF_8),
                payload.getBytes(UTF_8));
        return writer.toByteArray();
    }

    /** An item that can have more than entries. */
    static ItemWriter item(String id, int entries) {
        return new ItemWriter(prefix(id), entries, 256);
    }

    /** One entry of sender {@code s}, whose payload follows from its id. */
    static AppendBatch one(byte[] prefix, String clientMessageId) throws MalformedBatchException {
        return new BatchBuilder().item(prefix, clientMessageId).build();
    }

    BatchBuilder item(byte[] prefix, String... clientMessageIds) {
        byte[][] entries = new byte[clientMessageIds.length][];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entry("s", clientMessageIds[i], "payload of " + clientMessageIds[i]);
        }
        return item(prefix, entries);
    }

    BatchBuilder item(byte[] prefix, byte[]... entries) {
        ByteWriter item = new ByteWriter(256).putSized(prefix).putVarint(entries.length);
        for (byte[] entry : entries) {
            item.put(entry);
        }
        return item(item.put((byte) 0).toByteArray());
    }

    BatchBuilder item(ItemWriter item) {
        return item(item.toByteArray());
    }

    private BatchBuilder item(byte[] item) {
        items.add(item);
        return this;
    }

    /** A batch of one item as the first release sent it. */
    static byte[] encodePlain(byte[] prefix, byte[]... plainEntries) {
        ByteWriter writer = new ByteWriter(256)
                .put(SchemaNames.PROTOCOL_VERSION_PLAIN)
                .putVarint(1)
                .putSized(prefix)
                .putVarint(plainEntries.length);
        for (byte[] entry : plainEntries) {
            writer.put(entry);
        }
        return writer.toByteArray();
    }

    byte[] encode() {
        ByteWriter writer =
                new ByteWriter(256).put(SchemaNames.PROTOCOL_VERSION).putVarint(items.size());
        items.forEach(writer::put);
        return writer.toByteArray();
    }

    AppendBatch build() throws MalformedBatchException {
        return AppendBatch.decode(encode());
    }
}
