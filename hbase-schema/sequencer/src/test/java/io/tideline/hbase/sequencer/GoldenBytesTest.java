package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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

    private static final long MESSAGE_ID = 0x0123456789abcdefL;

    private static final byte[] prefix = RowKeys.prefix(bytes("app"), 2, bytes("c1"));

    @Test
    void rowKeys_ofEveryKind_areAsEver() {
        assertThat(hex(prefix)).isEqualTo(PREFIX);
        assertThat(hex(RowKeys.headRow(prefix))).isEqualTo(PREFIX + "00");
        assertThat(hex(RowKeys.entryRow(prefix, 258))).isEqualTo(PREFIX + "010000000000000102");
        assertThat(hex(RowKeys.dedupeRow(prefix, bytes("alice"), bytes("m-1"))))
                .isEqualTo(PREFIX + "0205616c6963656d2d31");
        assertThat(hex(RowKeys.activityRow(prefix, 20_001))).isEqualTo(PREFIX + "0300004e21");
        assertThat(hex(RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY))).isEqualTo(PREFIX + "02");
    }

    @Test
    void rowKeys_idOf256Bytes_hasTwoBytesOfLength() {
        byte[] longest = RowKeys.prefix(bytes("a"), 1, bytes("x".repeat(256)));

        assertThat(hex(longest)).startsWith("a26894eb0161010100787878");
    }

    @Test
    void recordRows_areAsEver() {
        byte[] suffix = new RecordKeyWriter(19)
                .number(258)
                .text(bytes("bob"))
                .text(bytes("+1"))
                .toByteArray();
        byte[] none = new RecordKeyWriter(16).toByteArray();

        assertThat(hex(RowKeys.recordRow(prefix, suffix)))
                .isEqualTo(PREFIX + "13010000000000000102020003626f620200022b31");
        assertThat(hex(RowKeys.recordRow(prefix, none))).isEqualTo(PREFIX + "10");
        assertThat(hex(RowKeys.afterAll(RowKeys.recordRow(prefix, none)))).isEqualTo(PREFIX + "11");
    }

    @Test
    void recordCell_isAsEver() throws Exception {
        String golden = "000000000000010200000000000000c876616c7565";

        assertThat(hex(RecordCell.encode(258, 200, bytes("value")))).isEqualTo(golden);
        RecordCell record = RecordCell.decode(unhex(golden), 0, golden.length() / 2);
        assertThat(record.version()).isEqualTo(258);
        assertThat(record.counted()).isEqualTo(200);
        assertThat(record.value()).asString(UTF_8).isEqualTo("value");
        assertThat(record.level()).isEqualTo((byte) 'v');
    }

    @Test
    void markCell_isAsEver() throws Exception {
        String golden = "0100000000000000c8";

        assertThat(hex(new MarkCell(200).encode())).isEqualTo(golden);
        assertThat(MarkCell.decode(unhex(golden), 0, 9)).isEqualTo(new MarkCell(200));
        assertThat(hex(MarkCell.qualifier(bytes("bob")))).isEqualTo("72626f62");
    }

    @Test
    void headCell_isAsEver() throws Exception {
        HeadCell head = new HeadCell(258, 1_700_000_000_123L, 1_700_000_000_000L, 200, 100);
        String golden = "0200000000000001020000018bcfe5687b0000018bcfe56800" + "00000000000000c80000000000000064";

        assertThat(hex(head.encode())).isEqualTo(golden);
        assertThat(HeadCell.decode(unhex(golden))).isEqualTo(head);
    }

    @Test
    void headCell_ofTheFirstRelease_countsEveryEntry() throws Exception {
        String golden = "0100000000000001020000018bcfe5687b0000018bcfe56800";

        assertThat(HeadCell.decode(unhex(golden)))
                .isEqualTo(new HeadCell(258, 1_700_000_000_123L, 1_700_000_000_000L, 258, 0));
    }

    @Test
    void watermarksCell_isAsEver() throws Exception {
        WatermarksCell marks = new WatermarksCell(3, 2, 7, 9, 5);
        String golden = "0300000000000000030000000000000002000000000000000700000000000000090000000000000005";

        assertThat(hex(marks.encode())).isEqualTo(golden);
        assertThat(WatermarksCell.decode(unhex(golden))).isEqualTo(marks);
    }

    @Test
    void watermarksCell_withoutACount_isAsBeforeThereWereAny() throws Exception {
        String moved = "020000000000000000000000000000000700000000000000090000000000000005";
        String expired = "020000000000000003000000000000000700000000000000090000000000000005";

        assertThat(hex(new WatermarksCell(0, 0, 7, 9, 5).encode())).isEqualTo(moved);
        assertThat(hex(new WatermarksCell(3, WatermarksCell.UNKNOWN, 7, 9, 5).encode()))
                .isEqualTo(expired);
    }

    @Test
    void watermarksCell_ofEarlierFormats_doesNotKnowWhatExpiredCounted() throws Exception {
        assertThat(WatermarksCell.decode(unhex("0100000000000000070000000000000009")))
                .isEqualTo(new WatermarksCell(0, 0, 7, 9, 0));
        assertThat(WatermarksCell.decode(unhex("020000000000000003000000000000000700000000000000090000000000000005")))
                .isEqualTo(new WatermarksCell(3, WatermarksCell.UNKNOWN, 7, 9, 5));
        assertThat(WatermarksCell.decode(unhex("020000000000000000000000000000000700000000000000090000000000000005")))
                .isEqualTo(new WatermarksCell(0, 0, 7, 9, 5));
    }

    @Test
    void releasedCell_isAsEver() throws Exception {
        String golden = "010000000000000102";

        assertThat(hex(new ReleasedCell(258).encode())).isEqualTo(golden);
        assertThat(ReleasedCell.decode(unhex(golden))).isEqualTo(new ReleasedCell(258));
        assertThat(SchemaNames.RELEASED).asString(UTF_8).isEqualTo("r");
    }

    @Test
    void activity_isAsEver() throws Exception {
        assertThat(hex(new ActivityCell(20_001).encode())).isEqualTo("0100004e21");
        assertThat(RowKeys.activityDay(unhex(PREFIX + "0300004e21"), prefix.length))
                .isEqualTo(20_001);
        assertThat(SchemaNames.ACTIVITY_FAMILY).asString(UTF_8).isEqualTo("a");
        assertThat(SchemaNames.ACTIVITY).asString(UTF_8).isEqualTo("a");
    }

    @Test
    void dedupeCell_isAsEver() throws Exception {
        DedupeCell with = new DedupeCell(258, 1_700_000_000_000L, DIGEST, 200, MESSAGE_ID);
        DedupeCell without = new DedupeCell(258, 1_700_000_000_000L, DIGEST, 200, 0);
        String golden = "0200000000000001020000018bcfe568005e3de821dbd4753800000000000000c8";

        assertThat(hex(without.encode())).isEqualTo(golden);
        assertThat(hex(with.encode())).isEqualTo(golden + "0123456789abcdef");
        assertThat(DedupeCell.decode(unhex(golden))).isEqualTo(without);
        assertThat(DedupeCell.decode(unhex(golden + "0123456789abcdef"))).isEqualTo(with);
    }

    @Test
    void dedupeCell_ofTheFirstRelease_countsItsEntry() throws Exception {
        String golden = "0100000000000001020000018bcfe568005e3de821dbd47538";

        assertThat(DedupeCell.decode(unhex(golden))).isEqualTo(new DedupeCell(258, 1_700_000_000_000L, DIGEST, 258, 0));
    }

    @Test
    void entryCell_isAsEver() throws Exception {
        String golden = "020000018bcfe5680000000000000000c8" + "060123456789abcdef" + ENTRY;

        EntryBytes.Stored stored = EntryBytes.decodeCell(unhex(golden), 0, golden.length() / 2, 258);

        assertIsGoldenEntry(stored);
        assertThat(stored.counted()).isEqualTo(200);
        assertThat(stored.entry().messageId()).isEqualTo(MESSAGE_ID);
        assertThat(stored.entry().counts()).isTrue();
        assertThat(stored.entry().marksSender()).isTrue();
        assertThat(hex(stored.entry().encodeCell(stored.serverTime(), 200))).isEqualTo(golden);
    }

    @Test
    void entryCell_ofTheFirstRelease_counts() throws Exception {
        String golden = "010000018bcfe56800" + ENTRY;

        EntryBytes.Stored stored = EntryBytes.decodeCell(unhex(golden), 0, golden.length() / 2, 258);

        assertIsGoldenEntry(stored);
        assertThat(stored.counted()).isEqualTo(258);
        assertThat(stored.entry().messageId()).isZero();
        assertThat(stored.entry().marksSender()).isFalse();
        assertThat(hex(stored.entry().encodeCell(stored.serverTime(), 258)))
                .isEqualTo("020000018bcfe568000000000000000102" + "01" + ENTRY);
    }

    @Test
    void entryCell_ofAnErasedEntry_isAsEver() throws Exception {
        String golden = "030000018bcfe5680000000000000000c8";

        assertThat(hex(EntryBytes.erasedCell(1_700_000_000_000L, 200))).isEqualTo(golden);
        assertThat(EntryBytes.isErased(unhex("ff" + golden), 1, 17)).isTrue();
        assertThat(EntryBytes.decodeErased(unhex("ff" + golden), 1, 17, 258))
                .isEqualTo(new EntryBytes.Erased(1_700_000_000_000L, 200));
    }

    private static void assertIsGoldenEntry(EntryBytes.Stored stored) {
        assertThat(stored.serverTime()).isEqualTo(1_700_000_000_000L);
        assertThat(stored.entry().sender()).asString(UTF_8).isEqualTo("alice");
        assertThat(stored.entry().clientMessageId()).asString(UTF_8).isEqualTo("m-1");
        assertThat(stored.entry().kind()).asString(UTF_8).isEqualTo("text");
        assertThat(stored.entry().payload()).asString(UTF_8).isEqualTo("hello");
        assertThat(stored.entry().digest()).isEqualTo(DIGEST);
    }

    @Test
    void appendBatch_ofTheSecondVersion_isRead() throws Exception {
        String golden = "02020d" + PREFIX + "01" + "01" + ENTRY + "00"
                + "0d" + PREFIX + "01" + "040123456789abcdef" + ENTRY
                + "070000000000000064" + "01" + "01"
                + "00" + "01" + "76" + "0117" + "0576616c7565"
                + "76" + "0711020003626f62" + "ffffffffffffffff" + "02";

        assertThat("02"
                        + hex(new BatchBuilder()
                                        .item(prefix, BatchBuilder.entry("alice", "m-1", "hello"))
                                        .item(new ItemWriter(prefix, 1, 0)
                                                .entry(
                                                        EntryBytes.SILENT,
                                                        MESSAGE_ID,
                                                        bytes("alice"),
                                                        bytes("m-1"),
                                                        bytes("text"),
                                                        bytes("hello"))
                                                .rest(100, 1, 1)
                                                .attachment(
                                                        0,
                                                        true,
                                                        'v',
                                                        new RecordKeyWriter(23).toByteArray(),
                                                        bytes("value"))
                                                .guard(
                                                        'v',
                                                        new RecordKeyWriter(17)
                                                                .text(bytes("bob"))
                                                                .toByteArray(),
                                                        -1,
                                                        2))
                                        .encode())
                                .substring(2))
                .as("but for the version, what has no original time is as ever")
                .isEqualTo(golden);
        AppendBatch batch = AppendBatch.decode(unhex(golden));
        assertThat(batch.version()).isEqualTo((byte) 2);
        assertThat(batch.writes()).isEqualTo(3);
        AppendBatch.Item plain = batch.items().get(0);
        assertThat(plain.prefix()).isEqualTo(prefix);
        assertThat(plain.entries())
                .singleElement()
                .extracting(EntryBytes::digest)
                .isEqualTo(DIGEST);
        assertThat(plain.attachments()).isEmpty();
        AppendBatch.Item item = batch.items().get(1);
        assertThat(item.entries().get(0).counts()).isFalse();
        assertThat(item.discounted()).isEqualTo(100);
        assertThat(hex(item.attachments().get(0).row(prefix))).isEqualTo(PREFIX + "17");
        assertThat(item.attachments().get(0).family()).isEqualTo(SchemaNames.TASK_FAMILY);
        assertThat(item.guards())
                .containsExactly(new RecordGuard((byte) 'v', new Key(unhex("11020003626f62")), -1, (byte) 2));
    }

    @Test
    void appendBatch_isAsEver() throws Exception {
        String golden = "03010d" + PREFIX + "02"
                + "090000018bcfe56800" + ENTRY
                + "0e0123456789abcdef0000018bcfe56801" + "05616c696365036d2d3204746578740568656c6c6f" + "00";

        assertThat(hex(new BatchBuilder()
                        .item(new ItemWriter(prefix, 2, 0)
                                .entry(
                                        EntryBytes.COUNTED,
                                        0,
                                        1_700_000_000_000L,
                                        bytes("alice"),
                                        bytes("m-1"),
                                        bytes("text"),
                                        bytes("hello"))
                                .entry(
                                        EntryBytes.SENT,
                                        MESSAGE_ID,
                                        1_700_000_000_001L,
                                        bytes("alice"),
                                        bytes("m-2"),
                                        bytes("text"),
                                        bytes("hello"))
                                .rest(0, 0, 0))
                        .encode()))
                .isEqualTo(golden);
        AppendBatch batch = AppendBatch.decode(unhex(golden));
        assertThat(batch.version()).isEqualTo((byte) 3);
        EntryBytes first = batch.items().get(0).entries().get(0);
        EntryBytes second = batch.items().get(0).entries().get(1);
        assertThat(first.originalTime()).isEqualTo(1_700_000_000_000L);
        assertThat(first.digest()).isEqualTo(DIGEST);
        assertThat(hex(first.encodeCell(5, 6)))
                .as("the original time is in no cell")
                .isEqualTo("02" + "0000000000000005" + "0000000000000006" + "01" + ENTRY);
        assertThat(second.originalTime()).isEqualTo(1_700_000_000_001L);
        assertThat(second.messageId()).isEqualTo(MESSAGE_ID);
        assertThat(second.marksSender()).isTrue();
    }

    @Test
    void appendBatch_ofTheFirstRelease_isRead() throws Exception {
        String golden = "01010d" + PREFIX + "01" + ENTRY;

        assertThat(hex(BatchBuilder.encodePlain(prefix, BatchBuilder.plainEntry("alice", "m-1", "hello"))))
                .isEqualTo(golden);
        AppendBatch batch = AppendBatch.decode(unhex(golden));
        assertThat(batch.version()).isEqualTo((byte) 1);
        AppendBatch.Item item = batch.items().get(0);
        assertThat(item.prefix()).isEqualTo(prefix);
        assertThat(item.entries())
                .singleElement()
                .extracting(EntryBytes::digest)
                .isEqualTo(DIGEST);
        assertThat(item.entries().get(0).counts()).isTrue();
    }

    private static final List<BatchAnswer.ItemAnswer> ANSWERS = List.of(
            new BatchAnswer.AllNew(5, 1_700_000_000_000L, 2, 4),
            new BatchAnswer.SomeRepeated(List.of(
                    new BatchAnswer.EntryAnswer(true, 3, 1_699_999_999_999L, MESSAGE_ID, 2),
                    new BatchAnswer.EntryAnswer(false, 7, 1_700_000_000_000L, 0, 6))),
            new BatchAnswer.Conflict(1, 3),
            new BatchAnswer.WrongRegion());

    @Test
    void batchAnswer_isAsEver() throws Exception {
        String golden = "0304"
                + "0000000000000000050000018bcfe56800020000000000000004"
                + "01020100000000000000030000018bcfe567ff0123456789abcdef0000000000000002"
                + "0000000000000000070000018bcfe5680000000000000000000000000000000006"
                + "02010000000000000003"
                + "03";

        assertThat(hex(BatchAnswer.encode(ANSWERS, (byte) 3))).isEqualTo(golden);
        assertThat(hex(BatchAnswer.encode(ANSWERS, (byte) 2))).isEqualTo("02" + golden.substring(2));
        assertThat(BatchAnswer.decode(unhex(golden), 0, golden.length() / 2)).isEqualTo(ANSWERS);
    }

    @Test
    void batchAnswer_refused_isAsEver() throws Exception {
        List<BatchAnswer.ItemAnswer> refused = List.of(new BatchAnswer.Refused(1, 258, (byte) 2));

        assertThat(hex(BatchAnswer.encode(refused, (byte) 3)))
                .isEqualTo("0301" + "05" + "01" + "0000000000000102" + "02");
        assertThat(BatchAnswer.decode(unhex("03010501000000000000010202"), 0, 13))
                .isEqualTo(refused);
    }

    @Test
    void batchAnswer_forTheFirstRelease_isAsEver() {
        String golden = "0104"
                + "0000000000000000050000018bcfe5680002"
                + "01020100000000000000030000018bcfe567ff0000000000000000070000018bcfe56800"
                + "02010000000000000003"
                + "03";

        assertThat(hex(BatchAnswer.encode(ANSWERS, (byte) 1))).isEqualTo(golden);
    }

    @Test
    void feed_isAsEver() throws Exception {
        FeedAnswer answer =
                new FeedAnswer(MESSAGE_ID, 258, false, true, List.of(new FeedAnswer.TimelineChange(prefix, 200)));
        String golden =
                "01" + "0123456789abcdef" + "0000000000000102" + "02" + "01" + "0d" + PREFIX + "00000000000000c8";

        assertThat(hex(answer.encode())).isEqualTo(golden);
        FeedAnswer decoded = FeedAnswer.decode(unhex(golden), 0, golden.length() / 2);
        assertThat(decoded.epoch()).isEqualTo(MESSAGE_ID);
        assertThat(decoded.next()).isEqualTo(258);
        assertThat(decoded.more()).isTrue();
        assertThat(decoded.changes().get(0).prefix()).isEqualTo(prefix);
        assertThat(decoded.changes().get(0).last()).isEqualTo(200);
        assertThat(hex(new FeedAnswer(7, 8, true, false, List.of()).encode()))
                .isEqualTo("01" + "0000000000000007" + "0000000000000008" + "01" + "00");
        assertThat(hex(new FeedQuestion(7, 8).encode())).isEqualTo("00000000000000070000000000000008");
        assertThat(FeedQuestion.decode(unhex("00000000000000070000000000000008")))
                .isEqualTo(new FeedQuestion(7, 8));
    }

    @Test
    void page_isAsEver() throws Exception {
        ByteWriter page = PageAnswer.writer(1);
        PageAnswer.add(page, 258, bytes("xvx"), 1, 1);
        PageAnswer.addMore(page);
        String golden = "01" + "0000000000000102" + "01" + "76" + "0000000000000000";

        assertThat(hex(page.toByteArray())).isEqualTo(golden);
        List<Long> seqs = new ArrayList<>();
        assertThat(PageAnswer.decode(unhex(golden), 0, golden.length() / 2, (seq, source, at, length) -> seqs.add(seq)))
                .isTrue();
        assertThat(seqs).containsExactly(258L);
        assertThat(hex(new PageQuestion(258, 100, 200).encode())).isEqualTo("01" + "0000000000000102" + "64" + "c801");
        assertThat(PageQuestion.decode(unhex("01000000000000010264c801"))).isEqualTo(new PageQuestion(258, 100, 200));
    }

    @Test
    void heads_areAsEver() throws Exception {
        String question = "01" + "01" + "73" + "01" + "0d" + PREFIX;
        String answer = "01" + "04" + "00" + "01" + "02" + "01" + "68" + "00" + "03" + "01" + "68" + "01" + "77"
                + "0000000000000102" + "01" + "6d";

        assertThat(hex(new HeadsQuestion(bytes("s"), List.of(prefix)).encode())).isEqualTo(question);
        assertThat(HeadsQuestion.decode(unhex(question)).prefixes()).containsExactly(prefix);
        assertThat(hex(HeadsAnswer.encode(List.of(
                        HeadsAnswer.HeadRow.without(HeadsAnswer.State.NONE),
                        HeadsAnswer.HeadRow.without(HeadsAnswer.State.ELSEWHERE),
                        HeadsAnswer.HeadRow.of(bytes("h"), null, 0, null),
                        HeadsAnswer.HeadRow.of(bytes("h"), bytes("w"), 258, bytes("m"))))))
                .isEqualTo(answer);
        assertThat(HeadsAnswer.decode(unhex(answer), 0, answer.length() / 2))
                .extracting(HeadsAnswer.HeadRow::state)
                .containsExactly(HeadsAnswer.State.values());
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
