package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Bytes that lie in tables and travel between releases. These literals stay for ever: a change that needs another literal
 * needs another format byte, and the old one must go on being read. They were computed by a program that shares no code
 * with this one.
 */
final class GoldenBytesTest {
    private static final String PREFIX = "53348ca2036170700200026331";
    private static final String ENTRY = "05616c696365036d2d3104746578740568656c6c6f";
    private static final long DIGEST = 0x5e3de821dbd47538L;

    private static final byte[] prefix = RowKeys.prefix(bytes("app"), 2, bytes("c1"));

    @Test
    void rowKeys_ofEveryKind_areAsEver() {
        assertThat(hex(prefix)).isEqualTo(PREFIX);
        assertThat(hex(RowKeys.headRow(prefix))).isEqualTo(PREFIX + "00");
        assertThat(hex(RowKeys.entryRow(prefix, 258))).isEqualTo(PREFIX + "010000000000000102");
        assertThat(hex(RowKeys.dedupeRow(prefix, bytes("alice"), bytes("m-1"))))
                .isEqualTo(PREFIX + "0205616c6963656d2d31");
        assertThat(hex(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY))).isEqualTo(PREFIX + "02");
    }

    @Test
    void rowKeys_idOf256Bytes_hasTwoBytesOfLength() {
        byte[] longest = RowKeys.prefix(bytes("a"), 1, bytes("x".repeat(256)));

        assertThat(hex(longest)).startsWith("a26894eb0161010100787878");
    }

    @Test
    void headCell_isAsEver() throws Exception {
        HeadCell head = new HeadCell(258, 1_700_000_000_123L, 1_700_000_000_000L);
        String golden = "0100000000000001020000018bcfe5687b0000018bcfe56800";

        assertThat(hex(head.encode())).isEqualTo(golden);
        assertThat(HeadCell.decode(unhex(golden))).isEqualTo(head);
    }

    @Test
    void watermarksCell_isAsEver() throws Exception {
        WatermarksCell marks = new WatermarksCell(7, 9);
        String golden = "0100000000000000070000000000000009";

        assertThat(hex(marks.encode())).isEqualTo(golden);
        assertThat(WatermarksCell.decode(unhex(golden))).isEqualTo(marks);
    }

    @Test
    void dedupeCell_isAsEver() throws Exception {
        DedupeCell dedupe = new DedupeCell(258, 1_700_000_000_000L, DIGEST);
        String golden = "0100000000000001020000018bcfe568005e3de821dbd47538";

        assertThat(hex(dedupe.encode())).isEqualTo(golden);
        assertThat(DedupeCell.decode(unhex(golden))).isEqualTo(dedupe);
    }

    @Test
    void entryCell_isAsEver() throws Exception {
        String golden = "010000018bcfe56800" + ENTRY;

        EntryBytes.Stored stored = EntryBytes.decodeCell(unhex(golden), 0, golden.length() / 2);

        assertThat(stored.serverTime()).isEqualTo(1_700_000_000_000L);
        assertThat(stored.entry().sender()).asString(UTF_8).isEqualTo("alice");
        assertThat(stored.entry().clientMessageId()).asString(UTF_8).isEqualTo("m-1");
        assertThat(stored.entry().kind()).asString(UTF_8).isEqualTo("text");
        assertThat(stored.entry().payload()).asString(UTF_8).isEqualTo("hello");
        assertThat(stored.entry().digest()).isEqualTo(DIGEST);
        assertThat(hex(stored.entry().encodeCell(stored.serverTime()))).isEqualTo(golden);
    }

    @Test
    void appendBatch_isAsEver() throws Exception {
        String golden = "01010d" + PREFIX + "01" + ENTRY;

        assertThat(hex(new BatchBuilder()
                        .item(prefix, BatchBuilder.entry("alice", "m-1", "hello"))
                        .encode()))
                .isEqualTo(golden);
        AppendBatch.Item item = AppendBatch.decode(unhex(golden)).items().get(0);
        assertThat(item.prefix()).isEqualTo(prefix);
        assertThat(item.entries())
                .singleElement()
                .extracting(EntryBytes::digest)
                .isEqualTo(DIGEST);
    }

    @Test
    void batchAnswer_isAsEver() throws Exception {
        List<BatchAnswer.ItemAnswer> answers = List.of(
                new BatchAnswer.AllNew(5, 1_700_000_000_000L, 2),
                new BatchAnswer.SomeRepeated(List.of(
                        new BatchAnswer.EntryAnswer(true, 3, 1_699_999_999_999L),
                        new BatchAnswer.EntryAnswer(false, 7, 1_700_000_000_000L))),
                new BatchAnswer.Conflict(1, 3),
                new BatchAnswer.WrongRegion());
        String golden = "0104"
                + "0000000000000000050000018bcfe5680002"
                + "01020100000000000000030000018bcfe567ff0000000000000000070000018bcfe56800"
                + "02010000000000000003"
                + "03";

        assertThat(hex(BatchAnswer.encode(answers))).isEqualTo(golden);
        assertThat(BatchAnswer.decode(unhex(golden), 0, golden.length() / 2)).isEqualTo(answers);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] unhex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
