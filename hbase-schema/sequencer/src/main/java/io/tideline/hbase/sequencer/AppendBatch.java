package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one carrier brings to a region: {@code version(1) | items(varint) | item…}, an item being
 * {@code prefix(sized) | entries(varint) | entry…}. A batch without items is a question for the sequencer's version.
 */
public final class AppendBatch {
    /** What all items of one batch may hold together. */
    public static final int MAX_ENTRIES = 20_000;

    /** 8 MiB: under HBase's limit of 10 MiB for one cell, with room for keys. */
    public static final int MAX_BYTES = 8 * 1024 * 1024;

    /** The most entries that one item, which is atomic, may have. */
    public static final int MAX_ENTRIES_PER_ITEM = 10_000;

    /** Entries for one timeline, all or none of them to be written. */
    public static final class Item {
        private final byte[] prefix;
        private final List<EntryBytes> entries;

        Item(byte[] prefix, List<EntryBytes> entries) {
            this.prefix = prefix;
            this.entries = entries;
        }

        byte[] prefix() {
            return prefix;
        }

        List<EntryBytes> entries() {
            return entries;
        }
    }

    private final List<Item> items;
    private final int entryCount;
    private final int bytes;

    private AppendBatch(List<Item> items, int entryCount, int bytes) {
        this.items = items;
        this.entryCount = entryCount;
        this.bytes = bytes;
    }

    public List<Item> items() {
        return items;
    }

    int entryCount() {
        return entryCount;
    }

    int bytes() {
        return bytes;
    }

    /**
     * Reads a batch; the array is kept, not copied.
     *
     * @throws MalformedBatchException when anything about it is wrong: then nothing of it may be carried out
     */
    public static AppendBatch decode(byte[] source) throws MalformedBatchException {
        if (source.length > MAX_BYTES) {
            throw new MalformedBatchException("batch: " + source.length + " bytes");
        }
        ByteReader reader = new ByteReader(source);
        byte version = reader.read();
        if (version != SchemaNames.PROTOCOL_VERSION) {
            throw new MalformedBatchException("batch: protocol version " + version + " (this sequencer speaks "
                    + SchemaNames.PROTOCOL_VERSION + ")");
        }
        int count = reader.readVarint();
        List<Item> items = new ArrayList<>(Math.min(count, 1024));
        int entries = 0;
        for (int i = 0; i < count; i++) {
            Item item = readItem(source, reader);
            entries += item.entries().size();
            if (entries > MAX_ENTRIES) {
                throw new MalformedBatchException("batch: more than " + MAX_ENTRIES + " entries");
            }
            items.add(item);
        }
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("batch: " + reader.remaining() + " bytes too many");
        }
        return new AppendBatch(items, entries, source.length);
    }

    private static Item readItem(byte[] source, ByteReader reader) throws MalformedBatchException {
        byte[] prefix = reader.readSized();
        if (RowKeys.prefixLength(prefix) != prefix.length) {
            throw new MalformedBatchException("item: prefix with bytes too many");
        }
        int count = reader.readVarint();
        if (count < 1 || count > MAX_ENTRIES_PER_ITEM) {
            throw new MalformedBatchException("item: " + count + " entries");
        }
        List<EntryBytes> entries = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            entries.add(EntryBytes.read(source, reader));
        }
        if (count > 1) {
            refuseRepeats(prefix, entries);
        }
        return new Item(prefix, entries);
    }

    private static void refuseRepeats(byte[] prefix, List<EntryBytes> entries) throws MalformedBatchException {
        Set<Key> seen = new HashSet<>();
        for (EntryBytes entry : entries) {
            if (!seen.add(new Key(entry.dedupeRow(prefix)))) {
                throw new MalformedBatchException("item: one sender uses a client message id twice");
            }
        }
    }
}
