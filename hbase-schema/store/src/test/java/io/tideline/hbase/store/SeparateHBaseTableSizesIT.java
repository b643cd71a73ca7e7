package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.tier.TableSizes.TableSize;
import io.tideline.core.tier.Tier;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.junit.jupiter.api.Test;

/** What region servers say of tables. */
final class SeparateHBaseTableSizesIT {
    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private static TableSize hot(HBaseStorage storage) throws Exception {
        Map<Tier, TableSize> sizes = storage.sizes().sizes(soon()).get(30, TimeUnit.SECONDS);
        assertThat(sizes).containsOnlyKeys(Tier.HOT, Tier.WARM);
        return Objects.requireNonNull(sizes.get(Tier.HOT));
    }

    @Test
    void sizes_growWithWhatIsWritten() throws Exception {
        HBaseStorage storage = SeparateHBase.storage();
        TimelineId timeline = TimelineId.conversation("sizes", "room");
        // Random text, which does not compress to less than HBase's unit of sizes, a MiB.
        java.util.Random random = new java.util.Random(7);
        long before = hot(storage).fileBytes();
        for (int i = 0; i < 64; i++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < 50_000; c++) {
                text.append((char) (' ' + random.nextInt(90)));
            }
            storage.store()
                    .append(TimelineAppend.of(timeline, NewEntry.text("ann", "m" + i, text.toString())), soon())
                    .get(30, TimeUnit.SECONDS);
        }
        TableSize written = hot(storage);
        try (Connection connection = ConnectionFactory.createConnection(SeparateHBase.configuration());
                Admin admin = connection.getAdmin()) {
            admin.flush(TimelineTable.HOT.name("tideline"));
        }

        TableSize flushed = hot(storage);

        assertThat(written.regions()).isPositive();
        assertThat(written.memoryBytes()).isGreaterThan(2_000_000);
        assertThat(flushed.fileBytes()).isGreaterThan(before + 1_000_000);
    }
}
