package io.tideline.hbase.sequencer;

import java.nio.charset.StandardCharsets;

/** Names that both sides of the wire, and the tables, agree on. None of them may ever change its meaning. */
public final class SchemaNames {
    /** Heads and nothing else: without a time to live, one version, kept in memory first. */
    public static final byte[] HEAD_FAMILY = ascii("h");

    public static final byte[] HEAD = ascii("h");
    public static final byte[] WATERMARKS = ascii("w");

    /** How far entries were {@linkplain ReleasedCell let go} by the table that has this row. */
    public static final byte[] RELEASED = ascii("r");

    /** Records, read marks and attributes: without a time to live, one version. */
    public static final byte[] RECORD_FAMILY = ascii("m");

    /** Of the head row, in {@link #RECORD_FAMILY}. */
    public static final byte[] ATTRIBUTES = ascii("a");

    /** Records that lie apart, so that all of a table are found by a scan that reads nothing else. */
    public static final byte[] TASK_FAMILY = ascii("t");

    /**
     * Days on which timelines have got entries. Apart from all else, since the scan for them is as long as there are
     * timelines, and beside them no scan of tasks or heads could be short.
     */
    public static final byte[] ACTIVITY_FAMILY = ascii("a");

    public static final byte[] ACTIVITY = ascii("a");

    public static final byte[] ENTRY_FAMILY = ascii("e");
    public static final byte[] ENTRY = ascii("e");

    /** Client message ids: dropped when the deduplication window has passed. */
    public static final byte[] DEDUPE_FAMILY = ascii("d");

    public static final byte[] DEDUPE = ascii("d");

    /** Of the cold table: where the entries of timelines lie in files, and which of them have been erased. */
    public static final byte[] LOCATOR_FAMILY = ascii("l");

    /** A stretch of a timeline in a file, in the row of its last entry. */
    public static final byte[] SLICE = ascii("s");
    /** The entry of the row is erased, whatever a file still says. */
    public static final byte[] ERASED = ascii("x");

    /** Of the cold table, in one row: what is the archive's state, and who may change it. */
    public static final byte[] CATALOG_FAMILY = ascii("c");

    /** Marks an {@code Append} that carries a batch for the sequencer. */
    public static final String CARRIER_ATTRIBUTE = "tideline.batch";

    /**
     * The family of the carrier's only cell. No table has it, on purpose: where the sequencer is missing, HBase refuses
     * the Append because of it, instead of storing the batch as if it were data.
     */
    public static final byte[] CARRIER_FAMILY = ascii("tideline-carrier");

    public static final byte[] CARRIER_QUALIFIER = ascii("b");

    /** Marks a {@code Get} that asks for the {@linkplain FeedAnswer changes of a region}; its value is the question. */
    public static final String FEED_ATTRIBUTE = "tideline.feed";

    /** The family of an answer's only cell, which no table has: where it is missing, no sequencer has answered. */
    public static final byte[] FEED_FAMILY = ascii("tideline-feed");

    public static final byte[] FEED_QUALIFIER = ascii("c");

    /** Marks a {@code Get} that asks a region for {@linkplain HeadsAnswer many heads}; its value is the question. */
    public static final String HEADS_ATTRIBUTE = "tideline.heads";

    public static final byte[] HEADS_QUALIFIER = ascii("h");

    /** Marks a {@code Get} that asks for a {@linkplain PageAnswer range of entries}; its value is the question. */
    public static final String PAGE_ATTRIBUTE = "tideline.page";

    public static final byte[] PAGE_QUALIFIER = ascii("p");

    /**
     * First byte of every batch and answer. The sequencer reads this version and the two before it, and answers in the
     * version it is asked in.
     */
    public static final byte PROTOCOL_VERSION = 3;

    /** Without the original times of imported entries. */
    static final byte PROTOCOL_VERSION_WITHOUT_TIMES = 2;

    /** Without counting, message ids, attachments and guards. */
    static final byte PROTOCOL_VERSION_PLAIN = 1;

    /** Class that table descriptors name. */
    public static final String OBSERVER_CLASS = "io.tideline.hbase.sequencer.SequencerObserver";

    private SchemaNames() {}

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
