package io.tideline.tools.bench;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.TimelineKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.RegionLocator;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;

/**
 * What the moves of the scheduler are compared with: rows are scanned and put into a table that is laid out like the warm
 * one and has no coprocessor, without a look whether they have arrived.
 */
final class PlainCopy implements AutoCloseable {
    private static final TableName COPY = TableName.valueOf("bench_copy");
    private static final int ROWS = 2000;

    private final Connection connection;
    private final String namespace;

    private PlainCopy(Connection connection, String namespace) {
        this.connection = connection;
        this.namespace = namespace;
    }

    /**
     * Makes the table.
     *
     * @param quorum "host:port" of ZooKeeper
     * @param namespace of the tables to be copied from
     */
    static PlainCopy open(String quorum, String namespace) throws IOException {
        PlainCopy copy = new PlainCopy(ConnectionFactory.createConnection(PlainHBase.configuration(quorum)), namespace);
        copy.createTable();
        return copy;
    }

    private void createTable() throws IOException {
        TableName warm = TimelineTable.WARM.name(namespace);
        try (Admin admin = connection.getAdmin();
                RegionLocator locator = connection.getRegionLocator(warm)) {
            TableDescriptor model = admin.getDescriptor(warm);
            TableDescriptor table = TableDescriptorBuilder.newBuilder(COPY)
                    .setDurability(model.getDurability())
                    .setColumnFamily(model.getColumnFamily(SchemaNames.ENTRY_FAMILY))
                    .build();
            byte[][] starts = locator.getStartKeys();
            PlainHBase.drop(admin, COPY);
            admin.createTable(table, List.of(starts).subList(1, starts.length).toArray(byte[][]::new));
        }
    }

    /** All entries of a timeline; how many. */
    long copy(TimelineId timeline, long last) throws IOException {
        byte[] prefix = TimelineKeys.prefix(timeline);
        Scan scan = new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.entryRow(prefix, 1))
                .withStopRow(RowKeys.entryRow(prefix, last), true)
                .setCaching(ROWS)
                .setCacheBlocks(false);
        long copied = 0;
        try (Table from = connection.getTable(TimelineTable.HOT.name(namespace));
                Table to = connection.getTable(COPY);
                ResultScanner rows = from.getScanner(scan)) {
            List<Put> puts = new ArrayList<>(ROWS);
            for (Result row : rows) {
                Cell cell = row.rawCells()[0];
                puts.add(new Put(CellUtil.cloneRow(cell)).add(cell));
                copied++;
                if (puts.size() == ROWS) {
                    to.put(puts);
                    puts.clear();
                }
            }
            to.put(puts);
        }
        return copied;
    }

    @Override
    public void close() throws IOException {
        try (connection;
                Admin admin = connection.getAdmin()) {
            PlainHBase.drop(admin, COPY);
        }
    }
}
