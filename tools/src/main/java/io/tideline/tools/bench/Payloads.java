package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.SplittableRandom;

/** Payloads made beforehand, the same for both sides: random bytes, which no compression makes smaller. */
final class Payloads {
    private static final int COUNT = 1_024;

    private final byte[][] bytes = new byte[COUNT][];
    private final ByteString[] strings = new ByteString[COUNT];

    Payloads(int size) {
        SplittableRandom random = new SplittableRandom(size);
        for (int i = 0; i < COUNT; i++) {
            bytes[i] = new byte[size];
            random.nextBytes(bytes[i]);
            strings[i] = UnsafeByteOperations.unsafeWrap(bytes[i]);
        }
    }

    /** Shared: not to be changed. */
    byte[] bytes(SplittableRandom random) {
        return bytes[random.nextInt(COUNT)];
    }

    ByteString string(SplittableRandom random) {
        return strings[random.nextInt(COUNT)];
    }
}
