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
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.SchemaFinding;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.HBaseStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.CompactionState;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
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
        storage = open(SchemaConfig.embedded(), HBaseStorage.SchemaMode.CREATE);
    }

    private static HBaseStorage open(SchemaConfig schema, HBaseStorage.SchemaMode mode) {
        return HBaseStorage.open(hbase.clientConfiguration(), schema, mode, new MetricRegistry());
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
            compact(admin, before);
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

    @Test
    void upgrade_tablesFromBeforeActivity_notesFirstAndLastDayOfEachTimeline() throws Exception {
        SchemaConfig old = new SchemaConfig("before", 1, Duration.ofDays(1), Duration.ofDays(1), null);
        TimelineId timeline = TimelineId.conversation("app", "t");
        TimelineId created = TimelineId.conversation("app", "created and never appended to");
        try (HBaseStorage storage = open(old, HBaseStorage.SchemaMode.CREATE)) {
            for (LocalDate day : List.of(DAY, DAY.plusDays(3), DAY.plusDays(7))) {
                NewEntry entry = NewEntry.text("alice", "of " + day, "hello")
                        .withOriginalTime(day.atStartOfDay().toInstant(ZoneOffset.UTC));
                await(storage.store().append(TimelineAppend.of(timeline, entry), soon()));
            }
            await(storage.directory().create(created, Attributes.NONE, soon()));
        }
        forgetActivity("before");

        try (HBaseStorage storage = open(old, HBaseStorage.SchemaMode.CHECK)) {
            assertThat(storage.findings()).anyMatch(SchemaFinding::fatal);
        }
        try (HBaseStorage storage = open(old, HBaseStorage.SchemaMode.UPGRADE)) {
            assertThat(storage.findings()).isEmpty();
            assertThat(await(storage.activity().through(LocalDate.MAX, Optional.empty(), 10, soon()))
                            .activities())
                    .containsExactly(
                            new ActivityIndex.Activity(timeline, DAY),
                            new ActivityIndex.Activity(timeline, DAY.plusDays(7)));
        }
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            assertThat(admin.getDescriptor(TimelineTable.HOT.name("before")).getValue("tideline.schema.version"))
                    .isNotEqualTo("2");
        }
    }

    /** Makes a hot table what it was in schema version 2. */
    private static void forgetActivity(String namespace) throws IOException {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            admin.modifyTable(TableDescriptorBuilder.newBuilder(admin.getDescriptor(TimelineTable.HOT.name(namespace)))
                    .removeColumnFamily(SchemaNames.ACTIVITY_FAMILY)
                    .setValue("tideline.schema.version", "2")
                    .build());
        }
    }

    /**
     * HBase tells nobody when it is through, but answers who asks. A request that comes while it compacts by itself it
     * forgets, so it is made again.
     */
    private static void compact(Admin admin, long before) throws IOException {
        long deadline = System.nanoTime() + TimelineProbe.LIMIT.toNanos();
        long nextRequest = System.nanoTime();
        while (admin.getCompactionState(HOT) != CompactionState.NONE
                || admin.getLastMajorCompactionTimestamp(HOT) <= before) {
            assertThat(System.nanoTime()).as("compaction in time").isLessThan(deadline);
            if (System.nanoTime() - nextRequest >= 0) {
                admin.majorCompact(HOT, SchemaNames.ENTRY_FAMILY);
                nextRequest = System.nanoTime() + TimelineProbe.LIMIT.toNanos() / 6;
            }
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
