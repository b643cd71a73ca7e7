package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against another implementation of the same hash. */
final class Murmur3Test {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20_260_101})
    void hash32_anyBytesAtAnyOffset_isMurmur3x86WithSeed0(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] data = new byte[random.nextInt(80)];
            random.nextBytes(data);
            int offset = random.nextInt(data.length + 1);
            int length = random.nextInt(data.length - offset + 1);

            assertThat(Murmur3.hash32(data, offset, length))
                    .isEqualTo(Hashing.murmur3_32_fixed()
                            .hashBytes(data, offset, length)
                            .asInt());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {2})
    void prefix_anyTimeline_beginsWithTheReversedBitsOfTheHashOfTheRest(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] prefix = Timelines.random(random).prefix();
            byte[] name = Arrays.copyOfRange(prefix, RowKeys.HASH_BYTES, prefix.length);

            int bucketHash = Hashing.murmur3_32_fixed().hashBytes(name).asInt();

            assertThat(java.nio.ByteBuffer.wrap(prefix).getInt()).isEqualTo(Integer.reverse(bucketHash));
        }
    }
}
