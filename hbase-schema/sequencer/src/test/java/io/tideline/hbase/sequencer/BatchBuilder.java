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

    static byte[] entry(String sender, String clientMessageId, String payload) {
        ByteWriter writer = new ByteWriter(64);
        EntryBytes.write(
                writer,
                sender.getBytes(UTF_8),
                clientMessageId.getBytes(UTF_8),
                "text".getBytes(UTF_8),
                payload.getBytes(UTF_8));
        return writer.toByteArray();
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
        items.add(item.toByteArray());
        return this;
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
