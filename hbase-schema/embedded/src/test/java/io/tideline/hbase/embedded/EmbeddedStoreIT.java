package io.tideline.hbase.embedded;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.AttributesChange;
import io.tideline.core.store.ChangeOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineListing;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.store.TimelineStoreContract;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.RowKeys;
import io.tideline.hbase.sequencer.SchemaNames;
import io.tideline.hbase.store.AppendLoad;
import io.tideline.hbase.store.HBaseStorage;
import io.tideline.hbase.store.RegionChanges;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Append;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract, and region changes under load, with HBase in the same process: what the server ships as its default. */
final class EmbeddedStoreIT extends TimelineStoreContract {
    private static final int SOME = 200;

    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;
    private static HBaseStorage storage;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory));
        storage = open(SchemaConfig.embedded(), HBaseStorage.SchemaMode.CREATE);
    }

    @AfterAll
    static void stop() {
        storage.close();
        hbase.close();
    }

    private static HBaseStorage open(SchemaConfig schema, HBaseStorage.SchemaMode mode) {
        return HBaseStorage.open(hbase.clientConfiguration(), schema, mode, new MetricRegistry());
    }

    @Override
    protected TimelineStore store() {
        return storage.store();
    }

    @Override
    protected TimelineDirectory directory() {
        return storage.directory();
    }

    @Test
    void append_whileRegionsSplitAndMerge_losesDoublesAndReordersNothing() throws Exception {
        try (AppendLoad load = new AppendLoad(storage.store(), 20, 8);
                RegionChanges changes = new RegionChanges(hbase.clientConfiguration())) {
            load.awaitProgress(SOME);
            changes.splitAround(load.timeline(0));
            load.awaitProgress(SOME);
            changes.mergeAwayFrom(load.timeline(0));
            load.awaitProgress(SOME);

            assertThat(load.stopAndVerify()).isGreaterThan(3 * SOME);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "01", "02", "0101", "0101ffffffff7f", "01ffffffffffffffffff", "0101030000"})
    void carrier_malformed_isRefusedWholeAndTheServerLivesOn(String batchHex) throws Exception {
        byte[] row = RowKeys.headRow(RowKeys.prefix(ascii("bad"), 1, ascii(batchHex + "x")));

        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Table table = connection.getTable(TimelineTable.HOT.name("tideline"))) {
            Append carrier = new Append(row)
                    .addColumn(
                            SchemaNames.CARRIER_FAMILY,
                            SchemaNames.CARRIER_QUALIFIER,
                            java.util.HexFormat.of().parseHex(batchHex));
            carrier.setAttribute(SchemaNames.CARRIER_ATTRIBUTE, new byte[] {1});

            assertThatThrownBy(() -> table.append(carrier))
                    .isInstanceOf(DoNotRetryIOException.class)
                    .hasMessageContaining("malformed batch");
            assertThat(table.get(new Get(row)).isEmpty()).isTrue();
        }
        assertThat(append(storage, TimelineId.conversation("bad", batchHex + "y")))
                .isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    void open_sequencerRemovedFromATable_refusesAppendsAndServesReads() throws Exception {
        SchemaConfig other = new SchemaConfig("crippled", 1, Duration.ofDays(1), Duration.ofDays(1), null);
        TimelineId timeline = TimelineId.conversation("app", "t");
        try (HBaseStorage whole = open(other, HBaseStorage.SchemaMode.CREATE)) {
            assertThat(append(whole, timeline)).isInstanceOf(AppendOutcome.Appended.class);
        }
        removeSequencer("crippled");

        try (HBaseStorage crippled = open(other, HBaseStorage.SchemaMode.CREATE)) {
            assertThat(crippled.findings()).anyMatch(finding -> finding.fatal());
            assertThatThrownBy(() -> append(crippled, timeline)).hasCauseInstanceOf(SchemaMismatchException.class);
            assertThat(crippled.directory()
                            .describe(timeline, SequenceId.NONE, Deadline.after(Duration.ofSeconds(30)))
                            .get(30, TimeUnit.SECONDS))
                    .isPresent();
        }
        try (HBaseStorage mended = open(other, HBaseStorage.SchemaMode.UPGRADE)) {
            assertThat(mended.findings()).isEmpty();
            assertThat(append(mended, timeline)).isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    @Test
    void append_sequencerRemovedWhileRunning_isRefusedAndWritesNothing() throws Exception {
        SchemaConfig other = new SchemaConfig("removed", 1, Duration.ofDays(1), Duration.ofDays(1), null);
        TimelineId timeline = TimelineId.conversation("app", "t");
        try (HBaseStorage open = open(other, HBaseStorage.SchemaMode.CREATE)) {
            removeSequencer("removed");

            assertThatThrownBy(() -> append(open, timeline)).hasCauseInstanceOf(SchemaMismatchException.class);
            assertThat(open.inspector()
                            .inspect(timeline, 10, Deadline.after(Duration.ofSeconds(30)))
                            .get(30, TimeUnit.SECONDS)
                            .rows())
                    .isEmpty();
        }
    }

    @Test
    void open_tablesOfTheFirstRelease_refusesAppendsUntilTheyAreUpgraded() throws Exception {
        SchemaConfig old = new SchemaConfig("old", 1, Duration.ofDays(1), Duration.ofDays(1), null);
        TimelineId timeline = TimelineId.conversation("app", "t");
        try (HBaseStorage created = open(old, HBaseStorage.SchemaMode.CREATE)) {
            assertThat(created.findings()).isEmpty();
        }
        removeFamilies("old", SchemaNames.RECORD_FAMILY, SchemaNames.TASK_FAMILY);

        try (HBaseStorage checked = open(old, HBaseStorage.SchemaMode.CHECK)) {
            assertThat(checked.findings()).anyMatch(finding -> finding.fatal());
            assertThatThrownBy(() -> append(checked, timeline)).hasCauseInstanceOf(SchemaMismatchException.class);
        }
        try (HBaseStorage upgraded = open(old, HBaseStorage.SchemaMode.UPGRADE)) {
            assertThat(upgraded.findings()).isEmpty();
            assertThat(append(upgraded, timeline)).isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    @Test
    void timeline_ofTheFirstRelease_goesOnCountingAndKeepsItsAttributes() throws Exception {
        TimelineId timeline = TimelineId.conversation("first-release", "t");
        StoredCells cells = new StoredCells(hbase.clientConfiguration());
        cells.writeAsOf(Instant.now().minusSeconds(60), timeline, 3);
        cells.writeAttributeBesideTheHead(timeline, "before");
        TimelineDirectory directory = storage.directory();

        append(storage, timeline);

        assertThat(read(ReadQuery.forward(timeline, 1, 10)).entries())
                .extracting(Entry::counted)
                .containsExactly(1L, 2L, 3L, 4L);
        TimelineDescription found =
                await(directory.describe(timeline, SequenceId.of(4), soon())).orElseThrow();
        assertThat(found.head().counted()).isEqualTo(4);
        assertThat(found.attributes().values()).containsExactly(Map.entry("topic", "before"));
        assertThat(await(directory.change(
                        new AttributesChange(timeline, Map.of("topic", "after"), Set.of(), OptionalLong.of(1)),
                        soon())))
                .isInstanceOf(ChangeOutcome.Changed.class);
        TimelineListing listing =
                await(directory.list(new ListQuery(timeline.app(), timeline.family(), null, 10), soon()));
        assertThat(listing.timelines()).singleElement().satisfies(listed -> assertThat(listed.attributes())
                .isEqualTo(new Attributes(Map.of("topic", "after"), 2)));
    }

    @Test
    void read_inboxWhoseOldestEntriesHaveExpired_hasAGapThereAndItsSeqsGoOn() throws Exception {
        TimelineId inbox = TimelineId.inbox("app", "part-expired");
        new StoredCells(hbase.clientConfiguration()).writeAsOf(Instant.now().minus(Duration.ofDays(31)), inbox, 3);
        Gap expired = new Gap(SequenceId.of(1), SequenceId.of(3), Gap.Type.EXPIRED);

        TimelinePage empty = read(ReadQuery.forward(inbox, 1, 10));
        assertThat(empty.entries()).isEmpty();
        assertThat(empty.gaps()).containsExactly(expired);
        assertThat(empty.stop()).isEqualTo(TimelinePage.StopReason.HEAD);
        assertThat(empty.next()).isEqualTo(SequenceId.of(4));

        append(storage, inbox);
        append(storage, inbox);
        TimelinePage forward = read(ReadQuery.forward(inbox, 1, 10));
        assertThat(seqs(forward)).containsExactly(4L, 5L);
        assertThat(forward.gaps()).containsExactly(expired);
        assertThat(forward.last()).isEqualTo(SequenceId.of(5));
        TimelinePage backward = read(ReadQuery.latest(inbox, 10));
        assertThat(seqs(backward)).containsExactly(5L, 4L);
        assertThat(backward.gaps()).containsExactly(expired);
        assertThat(backward.stop()).isEqualTo(TimelinePage.StopReason.START);
        assertThat(seqs(read(ReadQuery.forward(inbox, 4, 10)))).containsExactly(4L, 5L);
    }

    @Test
    void read_entryLost_isCorruptDataWhereItIsMissingAndNowhereElse() throws Exception {
        TimelineId conversation = TimelineId.conversation("app", "with-a-hole");
        TimelineId inbox = TimelineId.inbox("app", "with-a-hole");
        for (TimelineId timeline : List.of(conversation, inbox)) {
            for (int i = 0; i < 5; i++) {
                append(storage, timeline);
            }
            new StoredCells(hbase.clientConfiguration()).loseEntry(timeline, 3);

            assertThatThrownBy(() -> read(ReadQuery.forward(timeline, 1, 10)))
                    .hasCauseInstanceOf(CorruptDataException.class);
            assertThatThrownBy(() -> read(ReadQuery.latest(timeline, 10)))
                    .hasCauseInstanceOf(CorruptDataException.class);
            assertThat(seqs(read(ReadQuery.forward(timeline, 1, 2)))).containsExactly(1L, 2L);
            assertThat(seqs(read(ReadQuery.forward(timeline, 4, 10)))).containsExactly(4L, 5L);
        }
        assertThatThrownBy(() -> read(ReadQuery.forward(conversation, 3, 10)))
                .as("what never expires cannot begin late")
                .hasCauseInstanceOf(CorruptDataException.class);
    }

    @Test
    void append_sameIdsByAnotherClient_areRepeats() throws Exception {
        try (AppendLoad load = new AppendLoad(storage.store(), 5, 4)) {
            load.awaitProgress(SOME);
            long stored = load.stopAndVerify();
            try (HBaseStorage restarted = open(SchemaConfig.embedded(), HBaseStorage.SchemaMode.CHECK)) {
                load.repeatEverything(restarted.store());
            }
            assertThat(load.stopAndVerify()).isEqualTo(stored);
        }
    }

    private static TimelinePage read(ReadQuery query) throws Exception {
        return storage.store()
                .read(query, Deadline.after(Duration.ofSeconds(30)))
                .get(40, TimeUnit.SECONDS);
    }

    private static List<Long> seqs(TimelinePage page) {
        return page.entries().stream().map(entry -> entry.seq().value()).toList();
    }

    private static void removeSequencer(String namespace) throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            admin.modifyTable(TableDescriptorBuilder.newBuilder(admin.getDescriptor(TimelineTable.HOT.name(namespace)))
                    .removeCoprocessor(SchemaNames.OBSERVER_CLASS)
                    .build());
        }
    }

    private static void removeFamilies(String namespace, byte[]... families) throws Exception {
        try (Connection connection = ConnectionFactory.createConnection(hbase.clientConfiguration());
                Admin admin = connection.getAdmin()) {
            for (TimelineTable table : TimelineTable.values()) {
                TableDescriptorBuilder builder =
                        TableDescriptorBuilder.newBuilder(admin.getDescriptor(table.name(namespace)));
                for (byte[] family : families) {
                    builder.removeColumnFamily(family);
                }
                admin.modifyTable(builder.build());
            }
        }
    }

    private static AppendOutcome append(HBaseStorage to, TimelineId timeline) throws Exception {
        return to.store()
                .append(
                        TimelineAppend.of(
                                timeline,
                                NewEntry.text("a", java.util.UUID.randomUUID().toString(), "hello")),
                        Deadline.after(Duration.ofSeconds(30)))
                .get(40, TimeUnit.SECONDS);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
