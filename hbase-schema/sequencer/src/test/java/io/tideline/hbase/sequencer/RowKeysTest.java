package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowKeysTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void rows_anyTimeline_giveTheirPartsBack(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Timelines.Name name = Timelines.random(random);
            byte[] prefix = name.prefix();
            long seq = random.nextLong() & Long.MAX_VALUE;

            for (byte[] row : Timelines.rows(prefix)) {
                assertThat(RowKeys.prefixLength(row)).isEqualTo(prefix.length);
                assertThat(RowKeys.id(row, prefix.length)).isEqualTo(name.id());
                assertThat(RowKeys.app(row)).isEqualTo(name.app());
                assertThat(RowKeys.family(row)).isEqualTo(name.family());
            }
            byte[] shifted = concat(new byte[3], RowKeys.entryRow(prefix, seq));
            assertThat(RowKeys.seq(shifted, 3, prefix.length)).isEqualTo(seq);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22})
    void rows_ofOneTimeline_sortHeadThenEntriesBySeqThenDedupe(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] prefix = Timelines.random(random).prefix();
            long seq = 1 + ((random.nextLong() & (Long.MAX_VALUE >> 1)) >>> random.nextInt(62));
            long greater = seq + 1 + random.nextInt(1 << random.nextInt(30));
            byte[] dedupe = RowKeys.dedupeRow(prefix, Timelines.nasty(random, 1), Timelines.nasty(random, 2));

            List<byte[]> inOrder = List.of(
                    RowKeys.headRow(prefix),
                    RowKeys.entryRow(prefix, seq),
                    RowKeys.entryRow(prefix, greater),
                    RowKeys.afterKind(prefix, RowKeys.KIND_ENTRY),
                    dedupe,
                    RowKeys.afterKind(prefix, RowKeys.KIND_DEDUPE),
                    RowKeys.activityRow(prefix, 1),
                    RowKeys.activityRow(prefix, 256),
                    RowKeys.activityRow(prefix, Integer.MAX_VALUE),
                    RowKeys.afterKind(prefix, RowKeys.KIND_ACTIVITY));

            assertThat(inOrder).isSortedAccordingTo(Arrays::compareUnsigned);
            assertThat(inOrder).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33, 34, 35})
    void scan_overOneTimeline_meetsNoRowOfAnother(long seed) {
        List<Timelines.Name> names = Timelines.adversarial(new Random(seed));
        for (Timelines.Name name : names) {
            byte[] prefix = name.prefix();
            byte[] start = RowKeys.headRow(prefix);
            byte[] stop = RowKeys.afterKind(prefix, RowKeys.KIND_ACTIVITY);
            for (Timelines.Name other : names) {
                boolean same = Arrays.equals(prefix, other.prefix());
                for (byte[] row : Timelines.rows(other.prefix())) {
                    boolean met = Arrays.compareUnsigned(start, row) <= 0 && Arrays.compareUnsigned(row, stop) < 0;
                    assertThat(met).isEqualTo(same);
                }
            }
        }
    }

    /** The lengths alone must do: the hashes of two names are equal often enough to be made so on purpose. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {41, 42, 43})
    void prefixes_withoutTheirHash_areNeverEachOthersBeginning(long seed) {
        List<Timelines.Name> names = Timelines.adversarial(new Random(seed));
        for (Timelines.Name name : names) {
            for (Timelines.Name other : names) {
                byte[] shorter = withoutHash(name.prefix());
                byte[] longer = withoutHash(other.prefix());
                boolean begins = longer.length >= shorter.length
                        && Arrays.equals(shorter, Arrays.copyOf(longer, shorter.length));
                assertThat(begins).isEqualTo(Arrays.equals(shorter, longer));
            }
        }
    }

    @Test
    void activityDay_otherRows_areRefused() throws Exception {
        byte[] prefix = BatchBuilder.prefix("t");
        byte[] row = RowKeys.activityRow(prefix, 7);

        assertThat(RowKeys.activityDay(row, prefix.length)).isEqualTo(7);
        for (byte[] other : List.of(
                RowKeys.entryRow(prefix, 7),
                RowKeys.headRow(prefix),
                RowKeys.activityRow(prefix, -1),
                Arrays.copyOf(row, row.length + 1),
                RowKeys.dedupeRow(prefix, new byte[] {1}, new byte[] {2, 3}))) {
            assertThatThrownBy(() -> RowKeys.activityDay(other, prefix.length))
                    .isInstanceOf(MalformedBatchException.class);
        }
    }

    @Test
    void dedupeRows_senderAndIdCutElsewhere_differ() {
        byte[] prefix = BatchBuilder.prefix("t");

        assertThat(RowKeys.dedupeRow(prefix, new byte[] {'a', 'b'}, new byte[] {'c'}))
                .isNotEqualTo(RowKeys.dedupeRow(prefix, new byte[] {'a'}, new byte[] {'b', 'c'}));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {51, 52})
    void prefixLength_cutAnywhere_isRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] prefix = Timelines.random(random).prefix();
            for (int length = 0; length < prefix.length; length++) {
                byte[] cut = Arrays.copyOf(prefix, length);

                assertThatThrownBy(() -> RowKeys.prefixLength(cut)).isInstanceOf(MalformedBatchException.class);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {61, 62})
    void prefixLength_anyOneBitFlipped_isRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] flipped = Timelines.random(random).prefix();
            int bit = random.nextInt(flipped.length * 8);
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThatThrownBy(() -> RowKeys.prefixLength(flipped)).isInstanceOf(MalformedBatchException.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {71})
    void prefixLength_foreignBytes_areRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] foreign = random.nextBoolean()
                    ? Timelines.nasty(random, random.nextInt(40))
                    : randomBytes(random, random.nextInt(400));

            assertThatThrownBy(() -> RowKeys.prefixLength(foreign)).isInstanceOf(MalformedBatchException.class);
        }
    }

    @Test
    void prefix_lengthsOutOfBounds_areRefused() {
        byte[] one = {1};

        assertThatThrownBy(() -> RowKeys.prefix(new byte[0], 1, one)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RowKeys.prefix(new byte[65], 1, one)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RowKeys.prefix(one, 1, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RowKeys.prefix(one, 1, new byte[257])).isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> RowKeys.prefix(new byte[64], 127, new byte[256])).doesNotThrowAnyException();
    }

    private static byte[] withoutHash(byte[] prefix) {
        return Arrays.copyOfRange(prefix, RowKeys.HASH_BYTES, prefix.length);
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
