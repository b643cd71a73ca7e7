package io.tideline.hbase.sequencer;

/**
 * A record that an item brings along, to be written with one of its entries; on the wire {@code entry index(varint) |
 * family(1) | facet(1) | kind and key(sized) | value(sized)}, family being 0 for {@link SchemaNames#RECORD_FAMILY} and 1
 * for {@link SchemaNames#TASK_FAMILY}.
 *
 * <p>A view of a larger array; nobody may change that array afterwards.
 */
final class AttachedRecord {
    static final byte IN_RECORDS = 0;
    static final byte IN_TASKS = 1;

    private final byte[] source;
    private final int entryIndex;
    private final byte family;
    private final byte facet;
    private final byte[] suffix;
    private final int valueAt;
    private final int valueBytes;

    private AttachedRecord(byte[] source, ByteReader reader, int entries) throws MalformedBatchException {
        this.source = source;
        this.entryIndex = reader.readVarint();
        this.family = reader.read();
        this.facet = readFacet(reader);
        this.suffix = reader.readSized();
        this.valueBytes = reader.readVarint();
        this.valueAt = reader.skip(valueBytes);
        if (entryIndex >= entries || family != IN_RECORDS && family != IN_TASKS) {
            throw new MalformedBatchException("attachment: entry " + entryIndex + ", family " + family);
        }
        RecordKeyReader.check(suffix);
    }

    /** Reads one attachment from {@code reader}, which reads {@code source}, of an item with so many entries. */
    static AttachedRecord read(byte[] source, ByteReader reader, int entries) throws MalformedBatchException {
        return new AttachedRecord(source, reader, entries);
    }

    static byte readFacet(ByteReader reader) throws MalformedBatchException {
        byte facet = reader.read();
        if (facet < 'a' || facet > 'z') {
            throw new MalformedBatchException("record: facet " + facet);
        }
        return facet;
    }

    int entryIndex() {
        return entryIndex;
    }

    byte[] family() {
        return family == IN_RECORDS ? SchemaNames.RECORD_FAMILY : SchemaNames.TASK_FAMILY;
    }

    byte facet() {
        return facet;
    }

    byte[] row(byte[] prefix) {
        return RowKeys.recordRow(prefix, suffix);
    }

    byte[] encodeCell(long version, long counted) {
        return RecordCell.encode(version, counted, source, valueAt, valueBytes);
    }

    /** Whether it lies where guards look. */
    boolean canBeGuarded() {
        return family == IN_RECORDS;
    }

    byte level() {
        return valueBytes == 0 ? 0 : source[valueAt];
    }
}
