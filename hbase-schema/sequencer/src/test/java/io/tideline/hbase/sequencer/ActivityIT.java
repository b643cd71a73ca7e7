package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The days that the sequencer notes down, on a region opened in this process without a cluster. */
@Timeout(60)
final class ActivityIT {
    private static final byte[] TIMELINE = prefix(1);

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong();
    private LocalRegion region;

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
        setTime("2026-03-01T23:59:59.999");
        EnvironmentEdgeManager.injectEdge(now::get);
    }

    @AfterEach
    void close() throws IOException {
        EnvironmentEdgeManager.reset();
        region.close();
    }

    @Test
    void append_firstOfADay_notesTheDayInTheSameStep() throws Exception {
        append(TIMELINE, "a", "b");
        append(TIMELINE, "c");
        assertThat(days(TIMELINE)).containsExactly("2026-03-01");

        setTime("2026-03-02T00:00");
        append(TIMELINE, "d");
        append(TIMELINE, "e");
        assertThat(days(TIMELINE)).containsExactly("2026-03-01", "2026-03-02");

        assertThat(activity(TIMELINE))
                .extracting(CellUtil::cloneValue)
                .as("the day stands in the value too")
                .containsExactly(new ActivityCell(20_513).encode(), new ActivityCell(20_514).encode());
    }

    @Test
    void append_clockStepsBack_notesTheDayThatEntriesSay() throws Exception {
        setTime("2026-03-05T12:00");
        append(TIMELINE, "a");
        setTime("2026-03-04T12:00");
        append(TIMELINE, "b");

        assertThat(days(TIMELINE)).containsExactly("2026-03-05");
    }

    @Test
    void append_afterTheRegionWasOpenedAgain_notesADayOnce() throws Exception {
        append(TIMELINE, "a");
        long noted = activity(TIMELINE).get(0).getTimestamp();
        region.reopen();
        append(TIMELINE, "b");

        assertThat(activity(TIMELINE))
                .singleElement()
                .extracting(Cell::getTimestamp)
                .isEqualTo(noted);
    }

    @Test
    void append_onlyRepeats_notesNothing() throws Exception {
        append(TIMELINE, "a");
        setTime("2026-03-02T00:00");
        append(TIMELINE, "a");

        assertThat(days(TIMELINE)).containsExactly("2026-03-01");
    }

    @Test
    void append_familiesWithoutTiers_areNotNoted() throws Exception {
        for (int family : new int[] {1, 2, 3, 4}) {
            append(prefix(family), "a");
        }

        assertThat(days(prefix(1))).hasSize(1);
        assertThat(days(prefix(2))).as("inboxes").isEmpty();
        assertThat(days(prefix(3))).hasSize(1);
        assertThat(days(prefix(4))).as("registries").isEmpty();
    }

    @Test
    void append_tableWithoutTheFamily_goesOnWithout() throws Exception {
        try (LocalRegion old = LocalRegion.withoutActivity(directory.resolve("old"))) {
            old.send(new BatchBuilder().item(TIMELINE, "a"));

            assertThat(old.entries(TIMELINE)).hasSize(1);
        }
    }

    @Test
    void append_importedFromEarlierDays_notesThoseDays() throws Exception {
        region.send(new BatchBuilder()
                .item(TIMELINE, imported("2020-01-01T10:00", "a"), imported("2020-01-01T11:00", "b"))
                .item(TIMELINE, imported("2020-01-03T10:00", "c"), BatchBuilder.entry("s", "d", "of today")));

        assertThat(days(TIMELINE)).containsExactly("2020-01-01", "2020-01-03", "2026-03-01");
    }

    @Test
    void append_importedToADayThatWasNotedBefore_notesItAgain() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, imported("2020-01-01T10:00", "a")));
        long noted = activity(TIMELINE).get(0).getTimestamp();
        region.send(new BatchBuilder().item(TIMELINE, imported("2020-01-01T11:00", "b")));

        assertThat(activity(TIMELINE))
                .as("somebody may have settled the day, which is long over")
                .singleElement()
                .satisfies(cell -> assertThat(cell.getTimestamp()).isGreaterThan(noted));
    }

    private static byte[] imported(String time, String id) {
        return BatchBuilder.imported(
                LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli(), id);
    }

    private void setTime(String time) {
        now.set(LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli());
    }

    private static byte[] prefix(int family) {
        return RowKeys.prefix("app".getBytes(UTF_8), family, "t".getBytes(UTF_8));
    }

    private void append(byte[] prefix, String... ids) throws IOException {
        region.send(new BatchBuilder().item(prefix, ids));
    }

    private List<Cell> activity(byte[] prefix) throws IOException {
        return region.everything().stream()
                .filter(cell -> CellUtil.matchingColumn(cell, SchemaNames.ACTIVITY_FAMILY, SchemaNames.ACTIVITY))
                .filter(cell -> Arrays.equals(CellUtil.cloneRow(cell), 0, prefix.length, prefix, 0, prefix.length))
                .toList();
    }

    private List<String> days(byte[] prefix) throws IOException {
        List<String> days = new ArrayList<>();
        for (Cell cell : activity(prefix)) {
            days.add(LocalDate.ofEpochDay(RowKeys.activityDay(CellUtil.cloneRow(cell), prefix.length))
                    .toString());
        }
        return days;
    }
}
