package io.tideline.hbase.schema;

import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.MemoryCompactionPolicy;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptor;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.CoprocessorDescriptorBuilder;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.io.compress.Compression;
import org.apache.hadoop.hbase.io.encoding.DataBlockEncoding;
import org.apache.hadoop.hbase.regionserver.BloomType;
import org.jspecify.annotations.Nullable;

/** What a table should look like, and why. */
final class TableDescriptors {
    /** Raised by one whenever this class builds something else than before; the check compares it. */
    static final String VERSION_KEY = "tideline.schema.version";

    static final String VERSION = "3";

    /** Of tables whose sequencer did not note the days of timelines. */
    static final Set<String> VERSIONS_BEFORE_ACTIVITY = Set.of("0", "1", "2");

    private static final int COPROCESSOR_PRIORITY = 1001;

    /**
     * How many segments a memstore may have before they are merged, each time all of them: with the usual 2, a fifth of
     * HBase's processor time under load. Each look into memory goes through all segments.
     */
    private static final String MEMSTORE_SEGMENTS = "hbase.hregion.compacting.pipeline.segments.limit";

    private final SchemaConfig config;

    TableDescriptors(SchemaConfig config) {
        this.config = config;
    }

    TableDescriptor of(TimelineTable table) throws IOException {
        @Nullable Duration entryTimeToLive = table.entryTimeToLive().isPresent() ? config.inboxTimeToLive() : null;
        TableDescriptorBuilder builder = TableDescriptorBuilder.newBuilder(table.name(config.namespace()))
                .setValue(VERSION_KEY, VERSION)
                // Splits, by hand or by size, fall between hashes: a timeline is never cut. The older split policies do
                // not look at split points that an operator gives.
                .setValue("hbase.regionserver.region.split_restriction.type", "KeyPrefix")
                .setValue(
                        "hbase.regionserver.region.split_restriction.prefix_length",
                        Integer.toString(RowKeys.HASH_BYTES));
        if (table == TimelineTable.COLD) {
            return builder.setColumnFamily(locators())
                    .setColumnFamily(catalog())
                    .build();
        }
        builder.setColumnFamily(heads());
        if (table == TimelineTable.WARM) {
            builder.setColumnFamily(warmEntries());
        } else {
            builder.setColumnFamily(entries(entryTimeToLive))
                    .setColumnFamily(dedupe())
                    .setColumnFamily(records())
                    .setColumnFamily(tasks());
        }
        if (table == TimelineTable.HOT) {
            builder.setColumnFamily(activity());
        }
        CoprocessorDescriptorBuilder observer = CoprocessorDescriptorBuilder.newBuilder(SchemaNames.OBSERVER_CLASS)
                .setPriority(COPROCESSOR_PRIORITY);
        if (config.sequencerJar() != null) {
            observer.setJarPath(config.sequencerJar());
        }
        return builder.setCoprocessor(observer.build()).build();
    }

    /**
     * Heads are read with every append of a timeline that has been quiet, and with every look for news: in memory first.
     * One version, no time to live: a head that expires would start its seqs again at 1.
     */
    private static ColumnFamilyDescriptor heads() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.HEAD_FAMILY)
                .setMaxVersions(1)
                .setInMemory(true)
                .setInMemoryCompaction(MemoryCompactionPolicy.EAGER)
                // Made for point reads; keys repeat little from head to head, so FAST_DIFF would win no space here.
                .setDataBlockEncoding(DataBlockEncoding.ROW_INDEX_V1)
                .setBlocksize(16 * 1024)
                .setBloomFilterType(BloomType.ROW)
                .build();
    }

    /**
     * Entries are read in ranges of one timeline. The bloom filter over the hash lets such a scan skip files that do not
     * have the timeline; a row filter would serve only point reads. FAST_DIFF because neighbours share all but the last
     * bytes of their long keys.
     */
    private static ColumnFamilyDescriptor entries(@Nullable Duration timeToLive) {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.ENTRY_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
                .setBloomFilterType(BloomType.ROWPREFIX_FIXED_LENGTH)
                .setInMemoryCompaction(MemoryCompactionPolicy.BASIC)
                .setConfiguration(MEMSTORE_SEGMENTS, "5")
                .setConfiguration("RowPrefixBloomFilter.prefix_length", Integer.toString(RowKeys.HASH_BYTES))
                .setTimeToLive(timeToLive == null ? HConstants.FOREVER : Math.toIntExact(timeToLive.toSeconds()))
                .build();
    }

    /**
     * As in the hot table, but small: written once, and read a page at a time. GZ, because every HBase has it, with Java
     * alone; with FAST_DIFF before it, real text takes as much room as with ZSTD of level 3 (43 bytes a message), and with
     * level 9 only 3 percent less. Blocks of 128 KiB would take 3 percent less, too, but the seek in a block of FAST_DIFF
     * goes through half of it: pages of 20 took 1.7 times as long as from the hot table. Blocks in the cache are not
     * compressed.
     */
    private static ColumnFamilyDescriptor warmEntries() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.ENTRY_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
                .setCompressionType(Compression.Algorithm.GZ)
                .setBloomFilterType(BloomType.ROWPREFIX_FIXED_LENGTH)
                .setConfiguration("RowPrefixBloomFilter.prefix_length", Integer.toString(RowKeys.HASH_BYTES))
                .build();
    }

    /** Ids are looked up one by one, mostly in vain: small blocks, row bloom filter. They expire with the window. */
    private ColumnFamilyDescriptor dedupe() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.DEDUPE_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
                .setBlocksize(16 * 1024)
                .setBloomFilterType(BloomType.ROW)
                .setInMemoryCompaction(MemoryCompactionPolicy.BASIC)
                .setConfiguration(MEMSTORE_SEGMENTS, "8")
                .setTimeToLive(Math.toIntExact(config.dedupeWindow().toSeconds()))
                .build();
    }

    /**
     * Records are read by key and in ranges of one timeline, so both are served: small blocks, and a bloom filter over
     * the row, since many look for what is not there. ROW_INDEX_V1 because point reads pay for FAST_DIFF's decoding (a third
     * of the time of read marks). One version, whose timestamp is the record's own: the highest stays. EAGER, since marks
     * and checkpoints are written again and again.
     */
    private static ColumnFamilyDescriptor records() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.RECORD_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.ROW_INDEX_V1)
                .setBlocksize(16 * 1024)
                .setBloomFilterType(BloomType.ROW)
                .setInMemoryCompaction(MemoryCompactionPolicy.EAGER)
                .build();
    }

    /** A few short-lived cells that are scanned as a whole every few seconds: in memory, as heads are. */
    private static ColumnFamilyDescriptor tasks() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.TASK_FAMILY)
                .setMaxVersions(1)
                .setInMemory(true)
                .setInMemoryCompaction(MemoryCompactionPolicy.EAGER)
                .setBlocksize(16 * 1024)
                .setBloomFilterType(BloomType.ROW)
                .build();
    }

    /** Days, scanned as a whole once in a while, and of one timeline when they are settled. */
    private static ColumnFamilyDescriptor activity() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.ACTIVITY_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
                .setBloomFilterType(BloomType.ROWPREFIX_FIXED_LENGTH)
                .setConfiguration("RowPrefixBloomFilter.prefix_length", Integer.toString(RowKeys.HASH_BYTES))
                .build();
    }

    /**
     * A row for each stretch of a timeline in a file, looked up by short scans; keys and names of files repeat from row to
     * row.
     */
    private static ColumnFamilyDescriptor locators() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.LOCATOR_FAMILY)
                .setMaxVersions(1)
                .setDataBlockEncoding(DataBlockEncoding.FAST_DIFF)
                .setCompressionType(Compression.Algorithm.GZ)
                .setBlocksize(16 * 1024)
                .setBloomFilterType(BloomType.ROWPREFIX_FIXED_LENGTH)
                .setConfiguration("RowPrefixBloomFilter.prefix_length", Integer.toString(RowKeys.HASH_BYTES))
                .build();
    }

    /** One row. */
    private static ColumnFamilyDescriptor catalog() {
        return ColumnFamilyDescriptorBuilder.newBuilder(SchemaNames.CATALOG_FAMILY)
                .setMaxVersions(1)
                .setInMemory(true)
                .build();
    }

    /** The first keys of all regions but the first: equal shares of the hash. */
    byte[][] splitKeys() {
        byte[][] keys = new byte[config.regions() - 1][];
        for (int i = 1; i < config.regions(); i++) {
            long start = (1L << 32) / config.regions() * i;
            keys[i - 1] = new byte[] {(byte) (start >>> 24), (byte) (start >>> 16), (byte) (start >>> 8), (byte) start};
        }
        return keys;
    }
}
