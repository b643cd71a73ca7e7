package io.tideline.hbase.sequencer;

/**
 * Writes an item of an {@link AppendBatch}: {@code prefix(sized) | entries(varint) | entry… | flags(1) | discounted(8) |
 * attachments(varint) | guards(varint) | attachment… | guard…}, the three numbers only if flags 1, 2 and 4 say so. An item
 * of plain entries has one byte more than they.
 *
 * <p>In this order: the entries, {@link #rest}, the attachments, the guards; as many of each as was said.
 */
public final class ItemWriter {
    static final int HAS_DISCOUNTED = 1;
    static final int HAS_ATTACHMENTS = 2;
    static final int HAS_GUARDS = 4;
    static final int ALL_FLAGS = HAS_DISCOUNTED | HAS_ATTACHMENTS | HAS_GUARDS;

    private final ByteWriter bytes;

    public ItemWriter(byte[] prefix, int entries, int expectedBytes) {
        this.bytes = new ByteWriter(expectedBytes).putSized(prefix).putVarint(entries);
    }

    /**
     * The next entry.
     *
     * @param counting {@link EntryBytes#SILENT}, {@link EntryBytes#COUNTED} or {@link EntryBytes#SENT}
     * @param messageId 0 for none
     */
    public ItemWriter entry(
            int counting, long messageId, byte[] sender, byte[] clientMessageId, byte[] kind, byte[] payload) {
        return entry(counting, messageId, EntryBytes.NO_TIME, sender, clientMessageId, kind, payload);
    }

    /**
     * The next entry, which may be an imported one.
     *
     * @param originalTime milliseconds since 1970, or {@link EntryBytes#NO_TIME}
     */
    public ItemWriter entry(
            int counting,
            long messageId,
            long originalTime,
            byte[] sender,
            byte[] clientMessageId,
            byte[] kind,
            byte[] payload) {
        EntryBytes.writeFlags(bytes, counting, messageId, originalTime);
        EntryBytes.writeFields(bytes, sender, clientMessageId, kind, payload);
        return this;
    }

    /**
     * Ends the entries.
     *
     * @param discounted the greatest seq of an entry that these take back, 0 for none
     * @param attachments how many will follow
     * @param guards how many will follow after them
     */
    public ItemWriter rest(long discounted, int attachments, int guards) {
        int flags = (discounted > 0 ? HAS_DISCOUNTED : 0)
                | (attachments > 0 ? HAS_ATTACHMENTS : 0)
                | (guards > 0 ? HAS_GUARDS : 0);
        bytes.put((byte) flags);
        if (discounted > 0) {
            bytes.putLong(discounted);
        }
        if (attachments > 0) {
            bytes.putVarint(attachments);
        }
        if (guards > 0) {
            bytes.putVarint(guards);
        }
        return this;
    }

    /**
     * The next attachment.
     *
     * @param entryIndex which entry it is written with
     * @param liesApart whether it goes to {@link SchemaNames#TASK_FAMILY}
     * @param facet its column, a to z
     * @param suffix its kind and key, by {@link RecordKeyWriter}
     */
    public ItemWriter attachment(int entryIndex, boolean liesApart, char facet, byte[] suffix, byte[] value) {
        bytes.putVarint(entryIndex)
                .put(liesApart ? AttachedRecord.IN_TASKS : AttachedRecord.IN_RECORDS)
                .put((byte) facet)
                .putSized(suffix)
                .putSized(value);
        return this;
    }

    /**
     * The next guard, on a record in {@link SchemaNames#RECORD_FAMILY}.
     *
     * @param facet its column, a to z
     * @param suffix its kind and key, by {@link RecordKeyWriter}
     * @param version what its version must be, 0 for no record; -1 for any
     * @param leastLevel what the first byte of its value must at least be, 0 to 127
     */
    public ItemWriter guard(char facet, byte[] suffix, long version, int leastLevel) {
        bytes.put((byte) facet).putSized(suffix).putLong(version).put((byte) leastLevel);
        return this;
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
