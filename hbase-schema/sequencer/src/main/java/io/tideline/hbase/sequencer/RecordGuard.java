package io.tideline.hbase.sequencer;

/**
 * What an item demands of a record of its timeline; on the wire {@code facet(1) | kind and key(sized) | version(8) |
 * least level(1)}.
 *
 * @param version exactly this one, 0 for no record at all, {@value #ANY_VERSION} for any
 * @param leastLevel what the value's first byte must at least be; a missing record has 0
 */
record RecordGuard(byte facet, Key suffix, long version, byte leastLevel) {
    static final long ANY_VERSION = -1;

    static RecordGuard read(ByteReader reader) throws MalformedBatchException {
        byte facet = AttachedRecord.readFacet(reader);
        byte[] suffix = reader.readSized();
        RecordKeyReader.check(suffix);
        long version = reader.readLong();
        byte leastLevel = reader.read();
        if (version < ANY_VERSION || leastLevel < 0) {
            throw new MalformedBatchException("guard: version " + version + ", level " + leastLevel);
        }
        return new RecordGuard(facet, new Key(suffix), version, leastLevel);
    }

    boolean accepts(RecordState found) {
        return found.level() >= leastLevel && (version == ANY_VERSION || version == found.version());
    }

    byte[] row(byte[] prefix) {
        return RowKeys.recordRow(prefix, suffix.bytes());
    }
}
