package io.tideline.tools.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.AdvancedScanResultConsumer;
import org.apache.hadoop.hbase.client.AsyncConnection;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptor;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;

/**
 * The baseline: HBase's own client, as somebody would use it who needs no sequence, on two tables that are split and laid
 * out like Tideline's hot table, with one family and no coprocessor. Entries lie in the one, things like heads in the other.
 * Both are made anew with each run, and dropped at its end.
 */
final class PlainHBase implements AutoCloseable {
    private static final TableName ENTRIES = TableName.valueOf("bench_plain");
    private static final TableName HEADS = TableName.valueOf("bench_plain_heads");
    private static final byte[] FAMILY = "f".getBytes(US_ASCII);
    private static final byte[] QUALIFIER = "q".getBytes(US_ASCII);
    private static final byte[] APP = "plain".getBytes(US_ASCII);
    private static final int CONVERSATION = 1;
    private static final int HEAD_BYTES = 40;
    private static final int ROWS_PER_FILL = 10_000;
    private static final long CONNECT_SECONDS = 60;

    private final Connection connection;
    private final AsyncConnection asyncConnection;
    private final AsyncTable<AdvancedScanResultConsumer> async;
    private final Payloads payloads;
    private final TableName tidelineTable;

    private PlainHBase(
            Connection connection, AsyncConnection asyncConnection, TableName tidelineTable, Payloads payloads) {
        this.connection = connection;
        this.asyncConnection = asyncConnection;
        this.async = asyncConnection.getTable(ENTRIES);
        this.tidelineTable = tidelineTable;
        this.payloads = payloads;
    }

    /**
     * Connects and makes the tables.
     *
     * @param quorum "host:port" of ZooKeeper
     * @param namespace where Tideline's tables are, which must exist by now
     */
    static PlainHBase open(String quorum, String namespace, Payloads payloads) throws Exception {
        Configuration configuration = configuration(quorum);
        Connection connection = ConnectionFactory.createConnection(configuration);
        AsyncConnection async =
                ConnectionFactory.createAsyncConnection(configuration).get(CONNECT_SECONDS, TimeUnit.SECONDS);
        PlainHBase plain = new PlainHBase(connection, async, TimelineTable.HOT.name(namespace), payloads);
        plain.createTables();
        return plain;
    }

    /** Of a client, with HBase's defaults. */
    static Configuration configuration(String quorum) {
        int colon = quorum.lastIndexOf(':');
        Configuration configuration = HBaseConfiguration.create();
        configuration.set("hbase.zookeeper.quorum", quorum.substring(0, colon));
        configuration.set("hbase.zookeeper.property.clientPort", quorum.substring(colon + 1));
        return configuration;
    }

    private void createTables() throws IOException {
        try (Admin admin = connection.getAdmin();
                RegionLocator locator = connection.getRegionLocator(tidelineTable)) {
            byte[][] starts = locator.getStartKeys();
            byte[][] splits = Arrays.copyOfRange(starts, 1, starts.length);
            TableDescriptor model = admin.getDescriptor(tidelineTable);
            create(admin, ENTRIES, model, SchemaNames.ENTRY_FAMILY, splits);
            create(admin, HEADS, model, SchemaNames.HEAD_FAMILY, splits);
        }
    }

    /** Encoding, compression, block size, bloom filter, cache and WAL settings are copied, so that they cannot differ. */
    private static void create(Admin admin, TableName name, TableDescriptor model, byte[] likeFamily, byte[][] splits)
            throws IOException {
        drop(admin, name);
        ColumnFamilyDescriptor like = model.getColumnFamily(likeFamily);
        ColumnFamilyDescriptorBuilder family = ColumnFamilyDescriptorBuilder.newBuilder(FAMILY)
                .setMaxVersions(1)
                .setInMemory(like.isInMemory())
                .setBlocksize(like.getBlocksize())
                .setBloomFilterType(like.getBloomFilterType())
                .setCompressionType(like.getCompressionType())
                .setDataBlockEncoding(like.getDataBlockEncoding());
        like.getConfiguration().forEach(family::setConfiguration);
        TableDescriptor table = TableDescriptorBuilder.newBuilder(name)
                .setDurability(model.getDurability())
                .setColumnFamily(family.build())
                .build();
        if (splits.length == 0) {
            admin.createTable(table);
        } else {
            admin.createTable(table, splits);
        }
    }

    static void drop(Admin admin, TableName name) throws IOException {
        if (admin.tableExists(name)) {
            if (admin.isTableEnabled(name)) {
                admin.disableTable(name);
            }
            admin.deleteTable(name);
        }
    }

    /** What was written so far goes to files, on both sides: reads then start alike. */
    void flushAll() throws IOException {
        try (Admin admin = connection.getAdmin()) {
            for (TableName table : List.of(tidelineTable, ENTRIES, HEADS)) {
                admin.flush(table);
            }
        }
    }

    /** For one caller; not to be shared. */
    Table entries() {
        return table(ENTRIES);
    }

    /** For one caller; not to be shared. */
    Table heads() {
        return table(HEADS);
    }

    private Table table(TableName name) {
        try {
            return connection.getTable(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CompletableFuture<?> putAsync(SplittableRandom random) {
        return async.put(randomPut(random));
    }

    void put(Table table, SplittableRandom random) throws IOException {
        table.put(randomPut(random));
    }

    void putMany(Table table, int rows, SplittableRandom random) throws IOException {
        List<Put> puts = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            puts.add(randomPut(random));
        }
        table.put(puts);
    }

    /** A row of its own, with a key as long as that of an entry. */
    private Put randomPut(SplittableRandom random) {
        byte[] row = RowKeys.entryRow(prefix("many", random.nextInt(10_000)), 1 + (random.nextLong() >>> 1));
        return put(row, payloads.bytes(random));
    }

    private static Put put(byte[] row, byte[] value) {
        return new Put(row).addColumn(FAMILY, QUALIFIER, value);
    }

    /** How one numbers messages without Tideline: two calls, and a hole when the second one fails. */
    CompletableFuture<?> incrementThenPut(SplittableRandom random) {
        byte[] prefix = prefix("hot", 0);
        return async.incrementColumnValue(RowKeys.headRow(prefix), FAMILY, QUALIFIER, 1)
                .thenCompose(seq -> async.put(put(RowKeys.entryRow(prefix, seq), payloads.bytes(random))));
    }

    void fillHeads(int count) throws IOException {
        SplittableRandom random = new SplittableRandom(count);
        byte[] value = new byte[HEAD_BYTES];
        try (Table table = heads()) {
            List<Put> puts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                random.nextBytes(value);
                puts.add(put(RowKeys.headRow(prefix("many", i)), value.clone()));
            }
            table.put(puts);
        }
    }

    void getMany(Table table, int of, int count, SplittableRandom random) throws IOException {
        List<Get> gets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            gets.add(new Get(RowKeys.headRow(prefix("many", random.nextInt(of)))).addColumn(FAMILY, QUALIFIER));
        }
        int found = 0;
        for (Result result : table.get(gets)) {
            found += result.isEmpty() ? 0 : 1;
        }
        TidelineLoad.require(found, count, "rows");
    }

    void fillHistory(int timelines, int entries) throws IOException {
        SplittableRandom random = new SplittableRandom(timelines);
        try (Table table = entries()) {
            List<Put> puts = new ArrayList<>();
            for (int i = 0; i < timelines; i++) {
                byte[] prefix = prefix("history", i);
                for (int seq = 1; seq <= entries; seq++) {
                    puts.add(put(RowKeys.entryRow(prefix, seq), payloads.bytes(random)));
                }
                if (puts.size() >= ROWS_PER_FILL || i == timelines - 1) {
                    table.put(puts);
                    puts.clear();
                }
            }
        }
    }

    /** Reads rows of one prefix in one round trip, which is the best that a plain scan can do. */
    void page(Table table, int timeline, long after, int rows) throws IOException {
        byte[] prefix = prefix("history", timeline);
        Scan scan = new Scan()
                .withStartRow(RowKeys.entryRow(prefix, after + 1))
                .withStopRow(RowKeys.entryRow(prefix, after + 1 + rows))
                .addFamily(FAMILY)
                .setLimit(rows)
                .setCaching(rows)
                .setReadType(Scan.ReadType.PREAD);
        int found = 0;
        try (ResultScanner scanner = table.getScanner(scan)) {
            for (Result result : scanner) {
                found += result.isEmpty() ? 0 : 1;
            }
        }
        TidelineLoad.require(found, rows, "rows");
    }

    private static byte[] prefix(String group, int number) {
        return RowKeys.prefix(APP, CONVERSATION, (group + "-" + number).getBytes(US_ASCII));
    }

    @Override
    public void close() throws IOException {
        try (connection;
                asyncConnection;
                Admin admin = connection.getAdmin()) {
            drop(admin, ENTRIES);
            drop(admin, HEADS);
        }
    }
}
