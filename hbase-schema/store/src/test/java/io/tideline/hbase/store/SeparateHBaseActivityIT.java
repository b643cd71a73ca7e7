package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.ActivityIndexContract;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.ReleasedCell;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Table;
import org.junit.jupiter.api.BeforeAll;

/** The contract of the activity index on a client of HBase servers in processes of their own. */
final class SeparateHBaseActivityIT implements ActivityIndexContract {
    /** Not within a test, whose patience is shorter than the start of a cluster on a busy machine. */
    @BeforeAll
    static void start() {
        assertThat(SeparateHBase.storage().findings()).isEmpty();
    }

    @Override
    public ActivityIndex activity() {
        return SeparateHBase.storage().activity();
    }

    @Override
    public TimelineStore store() {
        return SeparateHBase.storage().store();
    }

    @Override
    public void release(TimelineId timeline, long through) {
        try (Connection connection = ConnectionFactory.createConnection(SeparateHBase.configuration());
                Table table =
                        connection.getTable(TimelineTable.of(timeline.family()).name("tideline"))) {
            table.put(new Put(RowKeys.headRow(TimelineKeys.prefix(timeline)))
                    .addColumn(
                            SchemaNames.HEAD_FAMILY,
                            SchemaNames.RELEASED,
                            through,
                            new ReleasedCell(through).encode()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
