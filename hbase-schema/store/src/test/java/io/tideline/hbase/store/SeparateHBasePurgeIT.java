package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What was removed stays in store files, covered, until these are rewritten. */
final class SeparateHBasePurgeIT {
    @BeforeAll
    static void start() {
        assertThat(SeparateHBase.storage().findings()).isEmpty();
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    /** Cells of the hot table whose value holds a text, covered ones included. */
    private static long cellsWith(String text) throws IOException {
        long found = 0;
        try (Connection connection = ConnectionFactory.createConnection(SeparateHBase.configuration());
                Table table = connection.getTable(TimelineTable.HOT.name("tideline"));
                ResultScanner scanner = table.getScanner(new Scan().setRaw(true).readAllVersions())) {
            for (Result row : scanner) {
                for (Cell cell : row.rawCells()) {
                    String value = Bytes.toString(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength());
                    found += value != null && value.contains(text) ? 1 : 0;
                }
            }
        }
        return found;
    }

    @Test
    void removedText_isInNoFileOnceItIsPurged() throws Exception {
        String text = "purge me " + UUID.randomUUID();
        HBaseStorage storage = SeparateHBase.storage();
        RecordKey key =
                RecordKey.of(TimelineId.conversation("purge", "room"), RecordKind.CHANGE, KeyPart.of(1), KeyPart.of(0));
        await(storage.records().raise(List.of(new TimelineRecord(key, 5, Payload.utf8(text))), soon()));
        await(storage.records().remove(List.of(key), 5, soon()));
        assertThat(cellsWith(text)).isEqualTo(1);

        PhysicalPurge purge = storage.purge();
        Instant since = Instant.now();
        Instant end = since.plusSeconds(120);
        while (!await(purge.purge(since, soon()))) {
            assertThat(Instant.now()).isBefore(end);
        }

        assertThat(cellsWith(text)).isZero();
        assertThat(await(purge.purge(since, soon()))).isTrue();
        assertThat(purge.name()).isEqualTo("tables");
    }
}
