package io.tideline.hbase.sequencer;

/** 32-bit murmur3 with seed 0, as Iceberg's bucket transform uses it (Austin Appleby, MurmurHash3_x86_32). */
final class Murmur3 {
    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;

    private Murmur3() {}

    static int hash32(byte[] data, int offset, int length) {
        int h = 0;
        int end = offset + (length & ~3);
        for (int i = offset; i < end; i += 4) {
            int k = (data[i] & 0xff)
                    | (data[i + 1] & 0xff) << 8
                    | (data[i + 2] & 0xff) << 16
                    | (data[i + 3] & 0xff) << 24;
            h ^= mix(k);
            h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int i = offset + length - 1; i >= end; i--) {
            tail = tail << 8 | data[i] & 0xff;
        }
        h ^= mix(tail);
        h ^= length;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }

    private static int mix(int k) {
        return Integer.rotateLeft(k * C1, 15) * C2;
    }
}
