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
import java.util.Random;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** More than one scanner over the heads goes through; a warm table has no heads but those with a mark. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {201, 202})
    void compaction_manyTimelines_dropsWhatIsReleasedAndNothingElse(long seed) throws Exception {
        Random random = new Random(seed);
        List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            byte[] prefix = BatchBuilder.prefix("timeline-" + i);
            int entries = 1 + random.nextInt(3);
            int released = random.nextInt(3) == 0 ? random.nextInt(5) : 0;
            boolean warm = random.nextBoolean();
            if (!warm) {
                region.put(RowKeys.headRow(prefix), SchemaNames.HEAD_FAMILY, SchemaNames.HEAD, new byte[] {1});
            }
            if (released > 0) {
                release(prefix, released);
            }
            for (int seq = 1; seq <= entries; seq++) {
                byte[] row = RowKeys.entryRow(prefix, seq);
                region.put(row, SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, new byte[] {2});
                if (seq > released) {
                    kept.add(row);
                }
            }
            if (i % 1000 == 0) {
                region.flush();
            }
        }
        region.flush();

        region.compact(true);

        assertThat(region.everything())
                .filteredOn(cell -> CellUtil.matchingFamily(cell, SchemaNames.ENTRY_FAMILY))
                .extracting(CellUtil::cloneRow)
                .usingElementComparator(Arrays::compareUnsigned)
                .containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void next_rowsOfSeveralTimelinesInOneCall_areJudgedOneByOne() throws Exception {
        boolean inOrder = Arrays.compareUnsigned(TIMELINE, OTHER) < 0;
        byte[] first = inOrder ? TIMELINE : OTHER;
        byte[] second = inOrder ? OTHER : TIMELINE;
        release(first, 2);
        release(second, 1);
        KeyValue before = entry(first, 1, 1);
        KeyValue tombstone = new KeyValue(
                RowKeys.entryRow(first, 2), SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, 1, KeyValue.Type.DeleteColumn);
        Cells cells = new Cells()
                .batch(entry(first, 1, 1), tombstone, entry(first, 2, 1))
                .batch(entry(first, 2, 1), entry(first, 3, 1), entry(second, 1, 1), entry(second, 2, 1));

        List<Cell> result = new ArrayList<>(List.of(before));
        ReleasedEntryDropper dropper = dropper(cells);
        assertThat(dropper.next(result, ScannerContext.newBuilder().build())).isTrue();
        assertThat(result).hasSize(2);
        assertThat(result.get(0)).as("what was there before the call").isSameAs(before);
        assertThat(result.get(1)).isEqualTo(tombstone);
        assertThat(dropper.next(result, ScannerContext.newBuilder().build())).isFalse();
        dropper.close();

        assertThat(result.subList(2, result.size()))
                .extracting(CellUtil::cloneRow)
                .containsExactly(RowKeys.entryRow(first, 3), RowKeys.entryRow(second, 2));
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
