package io.tideline.hbase.embedded;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineProbe;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.tier.ActivityIndex;
import io.tideline.core.tier.ActivityIndexContract;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.CompactionState;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the region server does for the tiers, with HBase in the same process: activity, and released entries that go. */
final class EmbeddedTiersIT implements ActivityIndexContract {
    private static final TableName HOT = TimelineTable.HOT.name("tideline");

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
        storage = HBaseStorage.open(
                hbase.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
    }

    @AfterAll
    static void stop() {
        storage.close();
        hbase.close();
    }

    @Override
    public ActivityIndex activity() {
        return storage.activity();
    }

    @Override
    public TimelineStore store() {
        return storage.store();
    }

    @Override
    public void release(TimelineId timeline, long through) {
        try {
            new StoredCells(hbase.clientConfiguration()).release(timeline, through);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void majorCompaction_releasedEntries_arePhysicallyGone() throws Exception {
        TimelineId timeline = TimelineId.conversation("release", "t");
        TimelineId other = TimelineId.conversation("release", "other");
        append(timeline, 1, 300);
        append(other, 1, 300);
        StoredCells cells = new StoredCells(hbase.clientConfiguration());
        cells.release(timeline, 200);

        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            admin.flush(HOT);
            assertThat(cells.rawEntries(timeline)).as("a flush keeps all").hasSize(300);
            long before = admin.getLastMajorCompactionTimestamp(HOT);
            admin.majorCompact(HOT, SchemaNames.ENTRY_FAMILY);
            awaitCompaction(admin, before);
        }

        assertThat(cells.rawEntries(timeline)).hasSize(100).allMatch(CellUtil::isPut);
        assertThat(cells.rawEntries(other)).hasSize(300);
        assertThat(await(storage.store().read(ReadQuery.forward(timeline, 201, 100), soon()))
                        .entries())
                .extracting(Entry::payload)
                .containsExactlyElementsOf(IntStream.rangeClosed(201, 300)
                        .mapToObj(i -> entry(i).payload())
                        .toList());
        append(timeline, 301, 301);
        assertThat(cells.rawEntries(timeline)).hasSize(101);
    }

    /** HBase tells nobody when it is through, but answers who asks. */
    private static void awaitCompaction(Admin admin, long before) throws IOException {
        long deadline = System.nanoTime() + TimelineProbe.LIMIT.toNanos();
        while (admin.getCompactionState(HOT) != CompactionState.NONE
                || admin.getLastMajorCompactionTimestamp(HOT) <= before) {
            assertThat(System.nanoTime()).as("compaction in time").isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void append(TimelineId timeline, int first, int last) {
        NewEntry[] entries = IntStream.rangeClosed(first, last)
                .mapToObj(EmbeddedTiersIT::entry)
                .toArray(NewEntry[]::new);
        TimelineProbe.receipts(await(storage.store().append(TimelineAppend.of(timeline, entries), soon())));
    }

    private static NewEntry entry(int number) {
        return NewEntry.text("alice", "m" + number, "text of " + number);
    }
}
