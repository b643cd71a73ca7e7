package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.hbase.sequencer.BatchAnswer.AllNew;
import io.tideline.hbase.sequencer.BatchAnswer.EntryAnswer;
import io.tideline.hbase.sequencer.BatchAnswer.SomeRepeated;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries that bring their time along, on a region opened in this process without a cluster. */
@Timeout(60)
final class ImportedEntriesIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final long PRESENT = 1_700_000_000_000L;

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong(PRESENT);
    private LocalRegion region;

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
        EnvironmentEdgeManager.injectEdge(now::get);
    }

    @AfterEach
    void close() throws IOException {
        EnvironmentEdgeManager.reset();
        region.close();
    }

    @Test
    void append_imported_hasItsOwnTimeInAnswerEntryAndHead() throws Exception {
        SomeRepeated answer = (SomeRepeated) send(1_000, 2_000);

        assertThat(answer.entries())
                .containsExactly(new EntryAnswer(false, 1, 1_000, 0, 1), new EntryAnswer(false, 2, 2_000, 0, 2));
        assertThat(times()).containsExactly(1_000L, 2_000L);
        assertThat(region.head(TIMELINE).serverTime()).isEqualTo(2_000);
    }

    @Test
    void append_importedWithOneTime_isAnsweredAsAllNew() throws Exception {
        assertThat(send(1_000, 1_000)).isEqualTo(new AllNew(1, 1_000, 2, 1));
    }

    @Test
    void append_importedOutOfOrder_takesTheTimeBeforeIt() throws Exception {
        send(5_000, 3_000, 6_000);
        send(4_000);

        assertThat(times()).containsExactly(5_000L, 5_000L, 6_000L, 6_000L);
    }

    @Test
    void append_importedBehindEntriesOfThePresent_isOfTheirTime() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "live"));
        now.addAndGet(1_000);
        send(5_000);

        assertThat(times()).containsExactly(PRESENT, PRESENT);
    }

    @Test
    void append_importedFromTheFuture_isOfThePresent() throws Exception {
        send(PRESENT + 1);
        region.send(new BatchBuilder().item(TIMELINE, "live"));

        assertThat(times()).containsExactly(PRESENT, PRESENT);
    }

    @Test
    void append_imported_leavesTheTimestampsOfCellsAlone() throws Exception {
        send(1_000);
        now.addAndGet(-50_000);
        send(2_000);
        region.reopen();
        send(3_000);

        assertThat(region.entries(TIMELINE))
                .extracting(Cell::getTimestamp)
                .containsExactly(PRESENT, PRESENT + 1, PRESENT + 2);
        assertThat(region.head(TIMELINE).cellTime()).isEqualTo(PRESENT + 2);
    }

    @Test
    void append_importedAgain_isARepeatWhateverItsTime() throws Exception {
        byte[] first = BatchBuilder.imported(1_000, "x");
        byte[] again = BatchBuilder.imported(2_000, "x");
        region.send(new BatchBuilder().item(TIMELINE, first));
        now.addAndGet(TimeUnit.SECONDS.toMillis(LocalRegion.DEDUPE_SECONDS) - 1);

        assertThat(region.send(new BatchBuilder().item(TIMELINE, again)))
                .containsExactly(new SomeRepeated(List.of(new EntryAnswer(true, 1, 1_000, 0, 1))));
    }

    private BatchAnswer.ItemAnswer send(long... times) throws IOException {
        byte[][] entries = new byte[times.length][];
        for (int i = 0; i < times.length; i++) {
            entries[i] = BatchBuilder.imported(times[i], times[i] + "-" + now.get() + "-" + i);
        }
        return region.send(new BatchBuilder().item(TIMELINE, entries)).get(0);
    }

    private List<Long> times() throws IOException, MalformedBatchException {
        List<Long> times = new ArrayList<>();
        long seq = 1;
        for (Cell cell : region.entries(TIMELINE)) {
            times.add(EntryBytes.decodeCell(cell.getValueArray(), cell.getValueOffset(), cell.getValueLength(), seq++)
                    .serverTime());
        }
        return times;
    }
}
