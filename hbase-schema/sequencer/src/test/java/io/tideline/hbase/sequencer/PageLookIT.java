package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.NotServingRegionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranges of entries by one question, asked of a region with its log and files. */
@Timeout(60)
final class PageLookIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final int ANY_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private static byte[] first(long seq) {
        return RowKeys.entryRow(TIMELINE, seq);
    }

    private static void fill(LocalRegion region, int entries, int payloadBytes) throws IOException {
        String payload = "p".repeat(payloadBytes);
        byte[][] messages = IntStream.rangeClosed(1, entries)
                .mapToObj(i -> BatchBuilder.entry("s", "m" + i, payload))
                .toArray(byte[][]::new);
        region.send(new BatchBuilder().item(TIMELINE, messages));
        region.send(new BatchBuilder().item(BatchBuilder.prefix("other"), "a", "b"));
    }

    /** Values by seq; seq 0 when there may be more. */
    private static Map<Long, byte[]> ask(LocalRegion region, byte[] row, long to, int rows, int bytes)
            throws IOException {
        byte[] answer = region.ask(row, new PageQuestion(to, rows, bytes));
        Map<Long, byte[]> found = new LinkedHashMap<>();
        boolean more = PageAnswer.decode(
                answer,
                0,
                answer.length,
                (seq, source, offset, length) -> found.put(seq, Arrays.copyOfRange(source, offset, offset + length)));
        if (more) {
            found.put(0L, new byte[0]);
        }
        return found;
    }

    @Test
    void ask_range_isWhatAScanFinds() throws Exception {
        try (LocalRegion region = new LocalRegion(directory)) {
            fill(region, 9, 100);
            region.flush();
            region.send(new BatchBuilder().item(TIMELINE, "late"));

            assertThat(ask(region, first(3), 6, 100, ANY_BYTES)).containsOnlyKeys(3L, 4L, 5L, 6L);
            assertThat(ask(region, first(8), 0, 100, ANY_BYTES)).containsOnlyKeys(8L, 9L, 10L);
            assertThat(ask(region, first(2), 0, 3, ANY_BYTES)).containsOnlyKeys(2L, 3L, 4L);
            assertThat(ask(region, first(11), 0, 3, ANY_BYTES)).isEmpty();
            Map<Long, byte[]> all = ask(region, first(1), 0, 100, ANY_BYTES);
            for (int i = 0; i < 10; i++) {
                assertThat(all.get(i + 1L))
                        .isEqualTo(CellUtil.cloneValue(region.entries(TIMELINE).get(i)));
            }
        }
    }

    @Test
    void ask_largePayloads_endsWhenTheyAreReached() throws Exception {
        try (LocalRegion region = new LocalRegion(directory)) {
            fill(region, 12, 200_000);

            assertThat(ask(region, first(1), 0, 100, 500_000)).containsOnlyKeys(1L, 2L, 3L);
            assertThat(ask(region, first(1), 0, 100, 1)).containsOnlyKeys(1L);
            // 2 MiB of them, and then no more in one answer.
            assertThat(ask(region, first(1), 0, 100, Integer.MAX_VALUE))
                    .containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 0L);
        }
    }

    @Test
    void ask_expiredEntriesInTheirRows_areNotShown() throws Exception {
        try (LocalRegion region = new LocalRegion(directory)) {
            byte[][] old = {BatchBuilder.imported(1_000, "a"), BatchBuilder.imported(2_000, "b")};
            region.send(new BatchBuilder().item(TIMELINE, old));
            assertThat(ask(region, first(1), 0, 100, ANY_BYTES)).containsOnlyKeys(1L, 2L);

            region.put(
                    RowKeys.headRow(TIMELINE),
                    SchemaNames.HEAD_FAMILY,
                    SchemaNames.WATERMARKS,
                    new WatermarksCell(1, 1, 0, 0, 1).encode());

            assertThat(ask(region, first(1), 0, 100, ANY_BYTES))
                    .as("who asks has to look at the head")
                    .isEmpty();
            assertThat(ask(region, first(2), 0, 100, ANY_BYTES)).containsOnlyKeys(2L);
        }
    }

    @Test
    void ask_rowOfAnotherRegion_isSaidToBeThere() throws Exception {
        try (LocalRegion region = new LocalRegion(directory, TIMELINE)) {
            assertThatThrownBy(() -> ask(region, first(1), 0, 1, 1)).isInstanceOf(NotServingRegionException.class);
        }
    }

    @Test
    void ask_rowOfNoEntry_isRefused() throws Exception {
        try (LocalRegion region = new LocalRegion(directory)) {
            assertThatThrownBy(() -> ask(region, RowKeys.headRow(TIMELINE), 0, 1, 1))
                    .isInstanceOf(DoNotRetryIOException.class);
        }
    }
}
