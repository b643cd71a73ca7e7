package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.hbase.sequencer.HeadsAnswer.HeadRow;
import io.tideline.hbase.sequencer.HeadsAnswer.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many heads by one question, asked of a region with its log and files. */
@Timeout(60)
final class HeadsLookIT {
    private static final byte[] READER = "s".getBytes(UTF_8);
    private static final byte[] NOBODY = {};

    @TempDir
    Path directory;

    /** In the order of questions. */
    private static List<byte[]> prefixes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> BatchBuilder.prefix("t" + i))
                .sorted(Arrays::compareUnsigned)
                .toList();
    }

    private static byte[] message(int number) {
        return BatchBuilder.entry(EntryBytes.SENT, 0, "s", "m" + number, "payload");
    }

    /** Appends i + 1 messages to every second of the timelines. */
    private static void fill(LocalRegion region, List<byte[]> timelines) throws IOException {
        for (int i = 0; i < timelines.size(); i += 2) {
            byte[][] entries =
                    IntStream.rangeClosed(0, i).mapToObj(HeadsLookIT::message).toArray(byte[][]::new);
            region.send(new BatchBuilder().item(timelines.get(i), entries));
        }
    }

    private static void assertHeads(LocalRegion region, List<byte[]> timelines) throws Exception {
        List<HeadRow> rows = region.ask(new HeadsQuestion(READER, timelines));

        assertThat(rows).hasSameSizeAs(timelines);
        for (int i = 0; i < rows.size(); i++) {
            HeadRow row = rows.get(i);
            assertThat(row.state()).isEqualTo(i % 2 == 0 ? State.MARKED : State.NONE);
            if (i % 2 == 0) {
                assertThat(HeadCell.decode(row.head())).isEqualTo(region.head(timelines.get(i)));
                assertThat(row.markedSeq()).isEqualTo(i + 1);
                assertThat(MarkCell.decode(row.mark(), 0, row.mark().length).counted())
                        .isEqualTo(i + 1);
                assertThat(row.watermarks()).isEmpty();
            }
        }
    }

    @Test
    void ask_someWithoutHead_tellsHeadsAndMarksOfTheOthers() throws Exception {
        List<byte[]> timelines = prefixes(20);
        try (LocalRegion region = new LocalRegion(directory)) {
            fill(region, timelines);

            assertHeads(region, timelines);
            region.flush();
            assertHeads(region, timelines);
            region.send(new BatchBuilder().item(timelines.get(1), "new"));
            assertThat(region.ask(new HeadsQuestion(READER, timelines)).get(1).state())
                    .isEqualTo(State.FOUND);
        }
    }

    @Test
    void ask_withoutReader_tellsNoMarks() throws Exception {
        List<byte[]> timelines = prefixes(9);
        try (LocalRegion region = new LocalRegion(directory)) {
            fill(region, timelines);
            byte[] watermarks = new WatermarksCell(0, 0, 1, 2, 3).encode();
            region.put(RowKeys.headRow(timelines.get(2)), SchemaNames.HEAD_FAMILY, SchemaNames.WATERMARKS, watermarks);

            List<HeadRow> rows = region.ask(new HeadsQuestion(NOBODY, timelines));

            assertThat(rows)
                    .extracting(HeadRow::state)
                    .containsExactly(
                            State.FOUND,
                            State.NONE,
                            State.FOUND,
                            State.NONE,
                            State.FOUND,
                            State.NONE,
                            State.FOUND,
                            State.NONE,
                            State.FOUND);
            assertThat(rows.get(2).watermarks()).isEqualTo(watermarks);
        }
    }

    @Test
    void ask_beyondTheRegion_saysElsewhere() throws Exception {
        List<byte[]> timelines = prefixes(10);
        try (LocalRegion region = new LocalRegion(directory, timelines.get(5))) {
            fill(region, timelines.subList(0, 5));

            List<HeadRow> rows = region.ask(new HeadsQuestion(READER, timelines));

            assertThat(rows.subList(0, 5)).extracting(HeadRow::state).doesNotContain(State.ELSEWHERE);
            assertThat(rows.subList(5, 10)).extracting(HeadRow::state).containsOnly(State.ELSEWHERE);
        }
    }

    @Test
    void ask_outOfOrder_isRefused() throws Exception {
        List<byte[]> timelines = new ArrayList<>(prefixes(3));
        timelines.add(timelines.get(0));
        try (LocalRegion region = new LocalRegion(directory)) {
            HeadsQuestion question = new HeadsQuestion(READER, timelines);

            assertThatThrownBy(() -> region.ask(question)).isInstanceOf(DoNotRetryIOException.class);
        }
    }
}
