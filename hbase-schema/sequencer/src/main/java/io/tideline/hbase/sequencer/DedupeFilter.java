package io.tideline.hbase.sequencer;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells of most client message ids, without a read, that they were never seen in this region: a Bloom filter (Bloom, CACM
 * 1970) over the dedupe rows.
 *
 * <p>It may only speak once it holds every id that is still within the deduplication window, that is when the region was
 * new when it was opened, or after all ids there were read into it; until then, and when it has become too full to be of
 * use, it says nothing and every id is looked up. Memory is fixed: {@code bits / 8} bytes.
 *
 * <p>Two threads use it: the one that reads old ids into it, and the one that holds the drain lock; so bits are set
 * atomically.
 */
final class DedupeFilter {
    /** Five probes at 8 bits an id let about 2 % of unseen ids through to a read. */
    private static final int PROBES = 5;

    private static final int BITS_PER_ID = 8;

    private final AtomicLongArray words;
    private final long mask;
    private final long capacity;
    private volatile boolean complete;
    private volatile long added;

    /** @param bits a power of two, 64 or more */
    DedupeFilter(int bits) {
        if (Integer.bitCount(bits) != 1 || bits < 64) {
            throw new IllegalArgumentException("bits: " + bits + " (expected: a power of two, 64 or more)");
        }
        this.words = new AtomicLongArray(bits / 64);
        this.mask = bits - 1L;
        this.capacity = bits / BITS_PER_ID;
    }

    /** From now on every id of the window is in. */
    void complete() {
        complete = true;
    }

    boolean isFull() {
        return added > capacity;
    }

    /** True when the row was certainly never added; false says nothing. */
    boolean cannotContain(byte[] row) {
        if (!complete || isFull()) {
            return false;
        }
        long hash = hash(row);
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(hash, i);
            if ((words.get((int) (bit >>> 6)) & 1L << bit) == 0) {
                return true;
            }
        }
        return false;
    }

    void add(byte[] row) {
        long hash = hash(row);
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(hash, i);
            words.accumulateAndGet((int) (bit >>> 6), 1L << bit, (a, b) -> a | b);
        }
        count();
    }

    // Two threads may lose a count between them; the figure only decides when the filter is too full to be useful.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count() {
        added++;
    }

    /** Kirsch and Mitzenmacher, ESA 2006: two hashes are as good as many. */
    private long bit(long hash, int probe) {
        return (hash + probe * (hash >>> 32 | 1)) & mask;
    }

    private static long hash(byte[] row) {
        int first = Murmur3.hash32(row, 0, row.length);
        // The row's own head is murmur already; start elsewhere so that the halves differ.
        int second = Murmur3.hash32(row, RowKeys.HASH_BYTES, row.length - RowKeys.HASH_BYTES) * 0x9e3779b9;
        return (long) second << 32 | first & 0xffffffffL;
    }
}
