package io.tideline.hbase.sequencer;

import java.nio.charset.StandardCharsets;

/** Names that both sides of the wire, and the tables, agree on. None of them may ever change its meaning. */
public final class SchemaNames {
    /** Heads: without a time to live, one version, kept in memory first. */
    public static final byte[] HEAD_FAMILY = ascii("h");

    public static final byte[] HEAD = ascii("h");
    public static final byte[] WATERMARKS = ascii("w");
    public static final byte[] ATTRIBUTES = ascii("a");

    public static final byte[] ENTRY_FAMILY = ascii("e");
    public static final byte[] ENTRY = ascii("e");

    /** Client message ids: dropped when the deduplication window has passed. */
    public static final byte[] DEDUPE_FAMILY = ascii("d");

    public static final byte[] DEDUPE = ascii("d");

    /** Marks an {@code Append} that carries a batch for the sequencer. */
    public static final String CARRIER_ATTRIBUTE = "tideline.batch";

    /**
     * The family of the carrier's only cell. No table has it, on purpose: where the sequencer is missing, HBase refuses
     * the Append because of it, instead of storing the batch as if it were data.
     */
    public static final byte[] CARRIER_FAMILY = ascii("tideline-carrier");

    public static final byte[] CARRIER_QUALIFIER = ascii("b");

    /** First byte of every batch and answer. The sequencer reads this version and the two before it. */
    public static final byte PROTOCOL_VERSION = 1;

    /** Class that table descriptors name. */
    public static final String OBSERVER_CLASS = "io.tideline.hbase.sequencer.SequencerObserver";

    private SchemaNames() {}

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
