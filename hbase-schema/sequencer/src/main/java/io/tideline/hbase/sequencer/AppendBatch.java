package io.tideline.hbase.sequencer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one carrier brings to a region: {@code version(1)=3 | items(varint) | item…}, an item being as {@link ItemWriter}
 * writes it. A batch without items is a question for the sequencer's version.
 *
 * <p>Version 2 differs in that no entry has an original time. In version 1 an item is {@code prefix(sized) | entries(varint) | entry…}, without anything else.
 */
public final class AppendBatch {
    /** How many entries and attachments all items of one batch may have together. */
    public static final int MAX_WRITES = 20_000;

    /** 8 MiB: under HBase's limit of 10 MiB for one cell, with room for keys. */
    public static final int MAX_BYTES = 8 * 1024 * 1024;

    /** The most entries that one item, which is atomic, may have. */
    public static final int MAX_ENTRIES_PER_ITEM = 10_000;

    public static final int MAX_ATTACHMENTS_PER_ITEM = 12_000;

    /** Guards are reads by the one thread that everybody waits for. */
    public static final int MAX_GUARDS_PER_ITEM = 16;

    /** Entries for one timeline and what goes with them, all or nothing to be written. */
    public static final class Item {
        private final byte[] prefix;
        private final List<EntryBytes> entries;
        private final List<AttachedRecord> attachments;
        private final List<RecordGuard> guards;
        private final long discounted;

        Item(
                byte[] prefix,
                List<EntryBytes> entries,
                List<AttachedRecord> attachments,
                List<RecordGuard> guards,
                long discounted) {
            this.prefix = prefix;
            this.entries = entries;
            this.attachments = attachments;
            this.guards = guards;
            this.discounted = discounted;
        }

        byte[] prefix() {
            return prefix;
        }

        List<EntryBytes> entries() {
            return entries;
        }

        List<AttachedRecord> attachments() {
            return attachments;
        }

        List<RecordGuard> guards() {
            return guards;
        }

        /** The greatest seq of an entry that this item takes back, 0 for none. */
        long discounted() {
            return discounted;
        }
    }

    private final byte version;
    private final List<Item> items;
    private final int writes;
    private final int bytes;

    private AppendBatch(byte version, List<Item> items, int writes, int bytes) {
        this.version = version;
        this.items = items;
        this.writes = writes;
        this.bytes = bytes;
    }

    /** Which version its sender speaks. */
    byte version() {
        return version;
    }

    public List<Item> items() {
        return items;
    }

    /** Entries and attachments of all items. */
    int writes() {
        return writes;
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
        if (version < SchemaNames.PROTOCOL_VERSION_PLAIN || version > SchemaNames.PROTOCOL_VERSION) {
            throw new MalformedBatchException("batch: protocol version " + version + " (this sequencer speaks "
                    + SchemaNames.PROTOCOL_VERSION + ")");
        }
        int count = reader.readVarint();
        List<Item> items = new ArrayList<>(Math.min(count, 1024));
        int writes = 0;
        for (int i = 0; i < count; i++) {
            Item item = readItem(source, reader, version);
            writes += item.entries().size() + item.attachments().size();
            if (writes > MAX_WRITES) {
                throw new MalformedBatchException("batch: more than " + MAX_WRITES + " entries and attachments");
            }
            items.add(item);
        }
        if (reader.remaining() != 0) {
            throw new MalformedBatchException("batch: " + reader.remaining() + " bytes too many");
        }
        return new AppendBatch(version, items, writes, source.length);
    }

    private static Item readItem(byte[] source, ByteReader reader, byte version) throws MalformedBatchException {
        byte[] prefix = reader.readSized();
        if (RowKeys.prefixLength(prefix) != prefix.length) {
            throw new MalformedBatchException("item: prefix with bytes too many");
        }
        boolean plain = version == SchemaNames.PROTOCOL_VERSION_PLAIN;
        int count = readCount("entries", reader, 1, MAX_ENTRIES_PER_ITEM);
        List<EntryBytes> entries = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            entries.add(EntryBytes.read(source, reader, version));
        }
        if (count > 1) {
            refuseRepeats(prefix, entries);
        }
        return plain ? new Item(prefix, entries, List.of(), List.of(), 0) : readRest(source, reader, prefix, entries);
    }

    private static Item readRest(byte[] source, ByteReader reader, byte[] prefix, List<EntryBytes> entries)
            throws MalformedBatchException {
        int flags = reader.read();
        if ((flags & ~ItemWriter.ALL_FLAGS) != 0) {
            throw new MalformedBatchException("item: flags " + flags);
        }
        long discounted = (flags & ItemWriter.HAS_DISCOUNTED) == 0 ? 0 : reader.readLong();
        if (discounted < 0) {
            throw new MalformedBatchException("item: discounted " + discounted);
        }
        int attachmentCount = (flags & ItemWriter.HAS_ATTACHMENTS) == 0
                ? 0
                : readCount("attachments", reader, 1, MAX_ATTACHMENTS_PER_ITEM);
        int guardCount = (flags & ItemWriter.HAS_GUARDS) == 0 ? 0 : readCount("guards", reader, 1, MAX_GUARDS_PER_ITEM);
        List<AttachedRecord> attachments = new ArrayList<>(Math.min(attachmentCount, 1024));
        for (int i = 0; i < attachmentCount; i++) {
            attachments.add(AttachedRecord.read(source, reader, entries.size()));
        }
        List<RecordGuard> guards = new ArrayList<>(guardCount);
        for (int i = 0; i < guardCount; i++) {
            guards.add(RecordGuard.read(reader));
        }
        return new Item(prefix, entries, attachments, guards, discounted);
    }

    private static int readCount(String what, ByteReader reader, int least, int most) throws MalformedBatchException {
        int count = reader.readVarint();
        if (count < least || count > most) {
            throw new MalformedBatchException("item: " + count + " " + what);
        }
        return count;
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
