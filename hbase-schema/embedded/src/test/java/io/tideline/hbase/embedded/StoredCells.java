package io.tideline.hbase.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.ByteWriter;
import io.tideline.hbase.sequencer.ReleasedCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;

/** What a table would hold after times that no test can wait for, and after accidents. */
final class StoredCells {
    private final Configuration configuration;

    StoredCells(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Entries 1 to {@code last} and the head, as if the first release had appended them at {@code time}. */
    void writeAsOf(Instant time, TimelineId timeline, int last) throws IOException {
        byte[] prefix = prefix(timeline);
        long millis = time.toEpochMilli();
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Table table = table(connection, timeline)) {
            for (int seq = 1; seq <= last; seq++) {
                ByteWriter cell = new ByteWriter(64).put((byte) 1).putLong(millis);
                cell.putSized(bytes("s")).putSized(bytes("old-" + seq));
                cell.putSized(bytes("text")).putSized(bytes("old"));
                table.put(new Put(RowKeys.entryRow(prefix, seq))
                        .addColumn(SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, millis, cell.toByteArray()));
            }
            table.put(new Put(RowKeys.headRow(prefix))
                    .addColumn(
                            SchemaNames.HEAD_FAMILY,
                            SchemaNames.HEAD,
                            millis,
                            new ByteWriter(25)
                                    .put((byte) 1)
                                    .putLong(last)
                                    .putLong(millis)
                                    .putLong(millis)
                                    .toByteArray()));
        }
    }

    /** The attribute {@code topic} where the first release kept attributes: beside the head. */
    void writeAttributeBesideTheHead(TimelineId timeline, String topic) throws IOException {
        byte[] cell = new ByteWriter(64)
                .put((byte) 1)
                .putLong(1)
                .putVarint(1)
                .putSized(bytes("topic"))
                .putSized(bytes(topic))
                .toByteArray();
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Table table = table(connection, timeline)) {
            table.put(new Put(RowKeys.headRow(prefix(timeline)))
                    .addColumn(SchemaNames.HEAD_FAMILY, SchemaNames.ATTRIBUTES, 1, cell));
        }
    }

    /** As the tier that has the table does when entries have left it. */
    void release(TimelineId timeline, long through) throws IOException {
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Table table = table(connection, timeline)) {
            table.put(new Put(RowKeys.headRow(prefix(timeline)))
                    .addColumn(
                            SchemaNames.HEAD_FAMILY,
                            SchemaNames.RELEASED,
                            through,
                            new ReleasedCell(through).encode()));
        }
    }

    /** The entry cells of a timeline as they lie in files and memory, delete markers and hidden versions included. */
    List<Cell> rawEntries(TimelineId timeline) throws IOException {
        byte[] prefix = prefix(timeline);
        Scan scan = new Scan()
                .addFamily(SchemaNames.ENTRY_FAMILY)
                .withStartRow(RowKeys.headRow(prefix))
                .withStopRow(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY))
                .setRaw(true)
                .readAllVersions();
        List<Cell> cells = new ArrayList<>();
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Table table = table(connection, timeline);
                ResultScanner scanner = table.getScanner(scan)) {
            scanner.forEach(result -> cells.addAll(List.of(result.rawCells())));
        }
        return cells;
    }

    void loseEntry(TimelineId timeline, long seq) throws IOException {
        try (Connection connection = ConnectionFactory.createConnection(configuration);
                Table table = table(connection, timeline)) {
            table.delete(new Delete(RowKeys.entryRow(prefix(timeline), seq)));
        }
    }

    private static Table table(Connection connection, TimelineId timeline) throws IOException {
        return connection.getTable(TimelineTable.of(timeline.family()).name("tideline"));
    }

    private static byte[] prefix(TimelineId timeline) {
        return RowKeys.prefix(bytes(timeline.app().value()), timeline.family().code(), bytes(timeline.name()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
