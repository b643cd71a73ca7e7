package io.tideline.hbase.sequencer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that nobody of ours has written: refused as malformed, by no other exception, and at no great cost. */
final class DecodingTest {
    /** What the decoders' own objects may come to for inputs of a few hundred bytes. */
    private static final long MAX_ALLOCATED_BYTES = 256 * 1024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Decoder {
        Object decode(byte[] bytes) throws MalformedBatchException;
    }

    private static final List<Decoder> DECODERS = List.of(
            AppendBatch::decode,
            bytes -> BatchAnswer.decode(bytes, 0, bytes.length),
            bytes -> EntryBytes.decodeCell(bytes, 0, bytes.length, Long.MAX_VALUE),
            bytes -> EntryBytes.decodeErased(bytes, 0, bytes.length, Long.MAX_VALUE),
            HeadCell::decode,
            DedupeCell::decode,
            WatermarksCell::decode,
            ReleasedCell::decode,
            bytes -> RecordCell.decode(bytes, 0, bytes.length),
            bytes -> MarkCell.decode(bytes, 0, bytes.length),
            bytes -> FeedAnswer.decode(bytes, 0, bytes.length),
            FeedQuestion::decode,
            bytes -> HeadsAnswer.decode(bytes, 0, bytes.length),
            HeadsQuestion::decode,
            bytes -> PageAnswer.decode(bytes, 0, bytes.length, (seq, source, offset, length) -> {}),
            PageQuestion::decode,
            DecodingTest::recordKey);

    private static Object recordKey(byte[] bytes) throws MalformedBatchException {
        RecordKeyReader.check(bytes);
        return bytes;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {101, 102})
    void decode_randomBytes_isMalformedOrReadAndNothingElse(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) (1 + random.nextInt(3));
            }
            decodeWithEach(bytes);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {111, 112})
    void decode_mutatedBytes_isMalformedOrReadAndNothingElse(long seed) {
        Random random = new Random(seed);
        List<byte[]> sound =
                List.of(soundBatch(), soundAnswer(), soundEntryCell(), soundFeed(), soundHeads(), soundPage());
        for (int i = 0; i < 20_000; i++) {
            decodeWithEach(mutated(sound.get(i % sound.size()), random));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02ffffffff07", // 2^31 - 1 items
                "02ffffffff0f", // more than an int holds
                "02ffffffffffffffffff01", // a number that does not end
                "0201ffffffff07", // a prefix of 2 GiB
                "02010d53348ca2036170700200026331ffffffff07", // 2^31 - 1 entries
                "02010d53348ca2036170700200026331904e", // 10,000 entries that are not there
                "02010d53348ca20361707002000263310101016101610000ffffffff07", // flags that nobody knows
                "02010d53348ca203617070020002633101090000018bcfe5680001610161000000", // an original time in version 2
                "03010d53348ca203617070020002633101090000018bcfe56800ffffffff07", // an imported entry, a sender of 2
                // GiB
                "03010d53348ca20361707002000263310109ffffffffffffffff01610161000000", // a time before 1970
                "02010d53348ca2036170700200026331010101610161000002e05d", // 12,000 attachments that are not there
                "02010d53348ca2036170700200026331010101610161000002e15d", // and of one more than there may be
                "02010d53348ca2036170700200026331010101610161000004ffffffff07", // 2^31 - 1 guards
                "030101904e", // an answer of 10,000 entries that are not there
                "030101914e", // and of one more than there may be
                "03010000000000000000050000018bcfe56800ffffffff07", // 2^31 - 1 new entries
                "010000018bcfe56800ffffffff07", // a sender of 2 GiB
                "010000018bcfe5680005616c696365036d2d310474657874818010", // a payload of 256 KiB and a byte
                "0100000000000000010000000000000002008120" // 4,097 changes
            })
    void decode_hugeCounts_areMalformedAndAllocateLittle(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        decodeWithEach(bytes);

        assertThatThrownBy(() -> AppendBatch.decode(bytes)).isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> BatchAnswer.decode(bytes, 0, bytes.length))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> EntryBytes.decodeCell(bytes, 0, bytes.length, 258))
                .isInstanceOf(MalformedBatchException.class);
    }

    @Test
    void decode_soundBytesCutAnywhere_areMalformed() {
        byte[] batch = soundBatch();
        byte[] answer = soundAnswer();
        byte[] cell = soundEntryCell();

        for (int i = 0; i < batch.length; i++) {
            byte[] cut = Arrays.copyOf(batch, i);
            assertThatThrownBy(() -> AppendBatch.decode(cut)).isInstanceOf(MalformedBatchException.class);
        }
        // Cut by the length alone: what follows in the same array must not be read.
        for (int i = 0; i < answer.length; i++) {
            int end = i;
            assertThatThrownBy(() -> BatchAnswer.decode(answer, 0, end)).isInstanceOf(MalformedBatchException.class);
        }
        for (int i = 0; i < cell.length; i++) {
            int end = i;
            assertThatThrownBy(() -> EntryBytes.decodeCell(cell, 0, end, 258))
                    .isInstanceOf(MalformedBatchException.class);
        }
    }

    @Test
    void decode_moreBytesThanThereShouldBe_areMalformed() {
        byte[] batch = soundBatch();
        byte[] answer = soundAnswer();
        byte[] cell = soundEntryCell();

        assertThatThrownBy(() -> AppendBatch.decode(Arrays.copyOf(batch, batch.length + 1)))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> BatchAnswer.decode(Arrays.copyOf(answer, answer.length + 1), 0, answer.length + 1))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> EntryBytes.decodeCell(Arrays.copyOf(cell, cell.length + 1), 0, cell.length + 1, 258))
                .isInstanceOf(MalformedBatchException.class);
    }

    @Test
    void decode_markerOfAnErasedEntry_isNoEntryAndHasOneLength() {
        byte[] marker = EntryBytes.erasedCell(1, 258);

        assertThatThrownBy(() -> EntryBytes.decodeCell(marker, 0, marker.length, 258))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> EntryBytes.decodeErased(marker, 0, marker.length, 257))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> EntryBytes.decodeErased(Arrays.copyOf(marker, 18), 0, 18, 258))
                .isInstanceOf(MalformedBatchException.class);
        assertThatThrownBy(() -> EntryBytes.decodeErased(marker, 0, 16, 258))
                .isInstanceOf(MalformedBatchException.class);
        byte[] entry = soundEntryCell();
        assertThatThrownBy(() -> EntryBytes.decodeErased(entry, 0, entry.length, 258))
                .isInstanceOf(MalformedBatchException.class);
        assertThat(EntryBytes.isErased(entry, 0, entry.length)).isFalse();
        assertThat(EntryBytes.isErased(marker, 0, 0)).isFalse();
    }

    @Test
    void decode_largerThanABatchMayBe_isMalformed() {
        assertThatThrownBy(() -> AppendBatch.decode(new byte[AppendBatch.MAX_BYTES + 1]))
                .isInstanceOf(MalformedBatchException.class);
    }

    @Test
    void decode_oneIdTwiceInAnItem_isMalformed() {
        byte[] prefix = BatchBuilder.prefix("t");

        assertThatThrownBy(() -> new BatchBuilder().item(prefix, "m", "n", "m").build())
                .isInstanceOf(MalformedBatchException.class)
                .hasMessageContaining("twice");
    }

    /** The digest covers the length of the kind: with two ways to write it, two contents could have one digest. */
    @Test
    void decode_numberWrittenLongerThanNeeded_isMalformed() throws Exception {
        byte[] kindOfThree =
                HexFormat.of().parseHex("01" + "0000018bcfe56800" + "0161" + "016d" + "8300" + "616263" + "0178");

        assertThatThrownBy(() -> EntryBytes.decodeCell(kindOfThree, 0, kindOfThree.length, 258))
                .isInstanceOf(MalformedBatchException.class);
    }

    @Test
    void cells_ofAnotherFormat_areMalformed() {
        byte[] ofFormat3 = new byte[25];
        ofFormat3[0] = 3;

        for (Decoder decoder : DECODERS.subList(0, 6)) {
            assertThatThrownBy(() -> decoder.decode(ofFormat3)).isInstanceOf(MalformedBatchException.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {121})
    void varints_anyValue_roundTripInAsFewBytesAsPossible(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            int value = random.nextInt() >>> (1 + random.nextInt(31));
            byte[] written = new ByteWriter(0).putVarint(value).toByteArray();
            ByteReader reader = new ByteReader(written);

            assertThat(reader.readVarint()).isEqualTo(value);
            assertThat(reader.remaining()).isZero();
            assertThat(written).hasSize(Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7));
        }
    }

    private static void decodeWithEach(byte[] bytes) {
        for (Decoder decoder : DECODERS) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long after;
            try {
                assertThat(decoder.decode(bytes)).isNotNull();
                after = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            } catch (MalformedBatchException e) {
                after = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            assertThat(after - before).isLessThan(MAX_ALLOCATED_BYTES);
        }
    }

    private static byte[] mutated(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xff);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length * 2)) : bytes;
    }

    private static byte[] soundBatch() {
        return new BatchBuilder()
                .item(BatchBuilder.prefix("t"), "m1", "m2")
                .item(BatchBuilder.prefix("u"), "m1")
                .item(BatchBuilder.item("v", 1)
                        .entry(EntryBytes.SENT, 77, bytes("s"), bytes("m"), bytes("text"), bytes("hello"))
                        .rest(3, 1, 2)
                        .attachment(0, false, 'v', new RecordKeyWriter(16).toByteArray(), bytes("value"))
                        .guard('v', new RecordKeyWriter(17).text(bytes("u")).toByteArray(), -1, 2)
                        .guard('v', new RecordKeyWriter(18).number(7).toByteArray(), 5, 0))
                .encode();
    }

    private static byte[] soundAnswer() {
        return BatchAnswer.encode(
                List.of(
                        new BatchAnswer.AllNew(5, 1_700_000_000_000L, 2, 4),
                        new BatchAnswer.SomeRepeated(
                                List.of(new BatchAnswer.EntryAnswer(true, 3, 1_699_999_999_999L, 77, 2))),
                        new BatchAnswer.Conflict(1, 3),
                        new BatchAnswer.Refused(1, 3, (byte) 2),
                        new BatchAnswer.WrongRegion()),
                SchemaNames.PROTOCOL_VERSION);
    }

    private static byte[] soundEntryCell() {
        return new ByteWriter(64)
                .put((byte) 2)
                .putLong(1_700_000_000_000L)
                .putLong(200)
                .put(BatchBuilder.entry(EntryBytes.SENT, 77, "alice", "m-1", "hello"))
                .toByteArray();
    }

    private static byte[] soundFeed() {
        return new FeedAnswer(
                        7,
                        9,
                        false,
                        false,
                        List.of(
                                new FeedAnswer.TimelineChange(BatchBuilder.prefix("t"), 3),
                                new FeedAnswer.TimelineChange(BatchBuilder.prefix("u"), 4)))
                .encode();
    }

    private static byte[] soundPage() {
        ByteWriter page = PageAnswer.writer(2);
        PageAnswer.add(page, 1, bytes("first"), 0, 5);
        PageAnswer.add(page, 2, bytes("second"), 0, 6);
        PageAnswer.addMore(page);
        return page.toByteArray();
    }

    private static byte[] soundHeads() {
        return HeadsAnswer.encode(List.of(
                HeadsAnswer.HeadRow.without(HeadsAnswer.State.NONE),
                HeadsAnswer.HeadRow.of(new HeadCell(3, 4, 5, 2, 1).encode(), null, 0, null),
                HeadsAnswer.HeadRow.of(new HeadCell(3, 4, 5, 2, 1).encode(), bytes("w"), 2, new MarkCell(1).encode())));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
