package io.tideline.hbase.sequencer;

/** What guards look at of a record. */
record RecordState(long version, byte level) {
    static final RecordState ABSENT = new RecordState(0, (byte) 0);
}
