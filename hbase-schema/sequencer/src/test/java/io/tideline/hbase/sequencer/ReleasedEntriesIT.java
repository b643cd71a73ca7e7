package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.KeyValue;
import org.apache.hadoop.hbase.regionserver.InternalScanner;
import org.apache.hadoop.hbase.regionserver.ScannerContext;
import org.apache.hadoop.hbase.regionserver.Shipper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What compactions leave out, on a region with its log and files, opened in this process without a cluster. */
@Timeout(60)
final class ReleasedEntriesIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final byte[] OTHER = BatchBuilder.prefix("other");
    private static final int KIB = 1024;

    @TempDir
    Path directory;

    private LocalRegion region;

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
    }

    @AfterEach
    void close() throws IOException {
        region.close();
    }

    @Test
    void majorCompaction_releasedEntries_areGoneWithoutATombstone() throws Exception {
        append(TIMELINE, 5);
        append(OTHER, 5);
        region.flush();
        release(TIMELINE, 3);
        region.flush();

        region.compact(true);

        assertThat(seqs(region.rawEntries(TIMELINE))).containsExactly(4L, 5L);
        assertThat(region.rawEntries(TIMELINE)).allMatch(CellUtil::isPut);
        assertThat(seqs(region.rawEntries(OTHER))).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(region.head(TIMELINE).last()).isEqualTo(5);
        assertThat(region.send(new BatchBuilder().item(TIMELINE, "3", "new")))
                .as("ids outlive their entries")
                .singleElement()
                .isInstanceOfSatisfying(BatchAnswer.SomeRepeated.class, answer -> assertThat(answer.entries())
                        .extracting(BatchAnswer.EntryAnswer::seq)
                        .containsExactly(3L, 6L));
    }

    @Test
    void minorCompaction_releasedEntries_areGoneFromItsFiles() throws Exception {
        for (int i = 0; i < 3; i++) {
            region.send(new BatchBuilder().item(TIMELINE, "a" + i, "b" + i));
            region.flush();
        }
        release(TIMELINE, 5);

        region.compact(false);

        assertThat(seqs(region.rawEntries(TIMELINE))).containsExactly(6L);
    }

    @Test
    void compaction_everythingReleased_leavesATimelineThatGoesOn() throws Exception {
        append(TIMELINE, 3);
        region.flush();
        release(TIMELINE, 3);

        region.compact(true);

        assertThat(region.rawEntries(TIMELINE)).isEmpty();
        append(OTHER, 1);
        assertThat(seqs(region.entries(OTHER))).containsExactly(1L);
        region.send(new BatchBuilder().item(TIMELINE, "next"));
        assertThat(seqs(region.entries(TIMELINE))).containsExactly(4L);
    }

    @Test
    void compaction_markThatCannotBeDecoded_keepsItsTimelineAlone() throws Exception {
        append(TIMELINE, 2);
        append(OTHER, 2);
        region.put(RowKeys.headRow(TIMELINE), SchemaNames.HEAD_FAMILY, SchemaNames.RELEASED, new byte[] {9});
        release(OTHER, 1);
        region.flush();

        region.compact(true);

        assertThat(seqs(region.rawEntries(TIMELINE))).containsExactly(1L, 2L);
        assertThat(seqs(region.rawEntries(OTHER))).containsExactly(2L);
    }

    @Test
    void compaction_rowsThatAreNoEntries_stay() throws Exception {
        release(TIMELINE, Long.MAX_VALUE);
        List<byte[]> strange = List.of(
                new byte[] {1},
                "no timeline's row".getBytes(UTF_8),
                RowKeys.headRow(TIMELINE),
                Arrays.copyOf(RowKeys.entryRow(TIMELINE, 1), TIMELINE.length + 8),
                Arrays.copyOf(RowKeys.entryRow(TIMELINE, 1), TIMELINE.length + 10),
                RowKeys.dedupeRow(TIMELINE, "sende".getBytes(UTF_8), "rs".getBytes(UTF_8)));
        for (byte[] row : strange) {
            region.put(row, SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, new byte[] {7});
        }
        region.put(RowKeys.entryRow(TIMELINE, 1), SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, new byte[] {7});
        region.flush();

        region.compact(true);

        assertThat(region.everything())
                .filteredOn(cell -> CellUtil.matchingFamily(cell, SchemaNames.ENTRY_FAMILY))
                .extracting(CellUtil::cloneRow)
                .containsExactlyInAnyOrderElementsOf(strange);
    }

    @Test
    void next_rowsOfSeveralTimelinesInOneCall_areJudgedOneByOne() throws Exception {
        release(TIMELINE, 2);
        release(OTHER, 1);
        KeyValue before = entry(TIMELINE, 1, 1);
        KeyValue tombstone = new KeyValue(
                RowKeys.entryRow(TIMELINE, 2),
                SchemaNames.ENTRY_FAMILY,
                SchemaNames.ENTRY,
                1,
                KeyValue.Type.DeleteColumn);
        Cells cells = new Cells()
                .batch(entry(TIMELINE, 1, 1), entry(TIMELINE, 2, 1), tombstone, entry(TIMELINE, 3, 1))
                .batch(entry(OTHER, 1, 1), entry(TIMELINE, 2, 1), entry(OTHER, 2, 1));

        List<Cell> result = new ArrayList<>(List.of(before));
        ReleasedEntryDropper dropper = dropper(cells);
        assertThat(dropper.next(result, ScannerContext.newBuilder().build())).isTrue();
        assertThat(seqs(result)).containsExactly(1L, 2L, 3L);
        assertThat(result.get(0)).isSameAs(before);
        assertThat(result.get(1)).isEqualTo(tombstone);
        assertThat(dropper.next(result, ScannerContext.newBuilder().build())).isFalse();

        assertThat(result).hasSize(4);
        assertThat(CellUtil.cloneRow(result.get(3))).isEqualTo(RowKeys.entryRow(OTHER, 2));
        assertThat(dropped()).isEqualTo(4);
    }

    @Test
    void next_megabytesDroppedInARow_letsGoOfTheBlocksTheyCameFrom() throws Exception {
        release(TIMELINE, 5000);
        Cells cells = new Cells();
        for (int seq = 1; seq <= 40; seq++) {
            cells.batch(entry(TIMELINE, seq, 100 * KIB));
        }
        KeyValue kept = entry(TIMELINE, 5001, 1);
        kept.setSequenceId(77);
        cells.batch(kept);

        List<Cell> result = new ArrayList<>();
        ReleasedEntryDropper dropper = dropper(cells);
        while (dropper.next(result, ScannerContext.newBuilder().build())) {
            assertThat(result).isEmpty();
        }

        assertThat(cells.shipments).isEqualTo(3);
        assertThat(result).singleElement().isEqualTo(kept).isNotSameAs(kept);
        assertThat(((KeyValue) result.get(0)).getSequenceId()).isEqualTo(77);
    }

    @Test
    void next_regionThatCloses_keepsWhatItCannotJudge() throws Exception {
        release(TIMELINE, 2);
        region.closeRegion();
        List<Cell> result = new ArrayList<>();

        dropper(new Cells().batch(entry(TIMELINE, 1, 1)))
                .next(result, ScannerContext.newBuilder().build());

        assertThat(seqs(result)).containsExactly(1L);
        region.reopen();
    }

    private ReleasedEntryDropper dropper(Cells cells) {
        return new ReleasedEntryDropper(
                cells, new ReleaseMarks(region.region()), new SequencerMetrics(region.metrics()));
    }

    private long dropped() {
        return region.metrics().counter("releasedDropped").getCount();
    }

    private void append(byte[] prefix, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            region.send(new BatchBuilder().item(prefix, Integer.toString(i)));
        }
    }

    private void release(byte[] prefix, long through) throws IOException {
        region.put(
                RowKeys.headRow(prefix),
                SchemaNames.HEAD_FAMILY,
                SchemaNames.RELEASED,
                new ReleasedCell(through).encode());
    }

    private static KeyValue entry(byte[] prefix, long seq, int bytes) {
        return new KeyValue(
                RowKeys.entryRow(prefix, seq), SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, 1, new byte[bytes]);
    }

    /** Of cells of timelines whose prefixes are as long as that of {@link #TIMELINE} or {@link #OTHER}. */
    private static List<Long> seqs(List<Cell> cells) {
        return cells.stream()
                .map(cell -> RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), cell.getRowLength() - 1 - Long.BYTES))
                .toList();
    }

    /** Hands out batches as they were given, and counts how often it was told that they have been shipped. */
    private static final class Cells implements InternalScanner, Shipper {
        private final Deque<List<Cell>> batches = new ArrayDeque<>();
        private int shipments;

        Cells batch(Cell... cells) {
            batches.add(List.of(cells));
            return this;
        }

        @Override
        public boolean next(List<Cell> result, ScannerContext context) {
            result.addAll(batches.remove());
            return !batches.isEmpty();
        }

        @Override
        public void shipped() {
            shipments++;
        }

        @Override
        public void close() {}
    }
}
