package io.tideline.hbase.sequencer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Tells of most client message ids, without a read, that they were never seen in this region: Bloom filters (Bloom, CACM
 * 1970) over the dedupe rows, one after the other, each for so many ids. One that is older than the deduplication window
 * is dropped when the next one is begun, since by then its ids have expired.
 *
 * <p>It may only speak once it holds every id that is still within the window, that is when the region was new when it was
 * opened, or after all ids there were read into it. Until then it says nothing and every id is looked up; so it is for the
 * length of a window when there are more ids than it has room for. Memory is bounded: {@code bits / 8} bytes for each
 * filter, as many as are needed up to {@code most}.
 *
 * <p>Two threads use it: the one that reads old ids into it, and the one that holds the drain lock; so bits are set
 * atomically.
 */
final class DedupeFilter {
    /** Five probes at 8 bits an id let about 2 % of unseen ids through to a read. */
    private static final int PROBES = 5;

    private static final int BITS_PER_ID = 8;

    /** Ids are as old as their cells say, which another server may have stamped by its own clock. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    /** The ids of some time. */
    private static final class Generation {
        private final AtomicLongArray words;
        private volatile long added;
        private volatile long endMillis;

        Generation(int bits) {
            words = new AtomicLongArray(bits / 64);
        }

        boolean cannotContain(long hash, long mask) {
            for (int i = 0; i < PROBES; i++) {
                long bit = bit(hash, i, mask);
                if ((words.get((int) (bit >>> 6)) & 1L << bit) == 0) {
                    return true;
                }
            }
            return false;
        }

        void add(long hash, long mask) {
            for (int i = 0; i < PROBES; i++) {
                long bit = bit(hash, i, mask);
                words.accumulateAndGet((int) (bit >>> 6), 1L << bit, (a, b) -> a | b);
            }
            count();
        }

        // Two threads may lose a count between them; the figure only decides when the next one is begun.
        @SuppressWarnings("NonAtomicVolatileUpdate")
        private void count() {
            added++;
        }
    }

    private final int bits;
    private final long mask;
    private final long capacity;
    private final int most;
    private final long lifeMillis;
    private final LongSupplier clock;

    /** The oldest first; replaced as a whole. */
    private volatile Generation[] generations;

    private volatile boolean complete;

    /** Until when ids may be in the window that are not in here; 0 for none. */
    private volatile long silentUntilMillis;

    /**
     * Begins empty.
     *
     * @param bits of each filter, a power of two, 64 or more
     * @param most filters at a time, 1 or more
     * @param window how long ids count
     * @param clock milliseconds of the epoch
     */
    DedupeFilter(int bits, int most, Duration window, LongSupplier clock) {
        if (Integer.bitCount(bits) != 1 || bits < 64 || most < 1) {
            throw new IllegalArgumentException(
                    "bits: " + bits + ", filters: " + most + " (expected: a power of two, 64 or more; 1 or more)");
        }
        this.bits = bits;
        this.mask = bits - 1L;
        this.capacity = bits / BITS_PER_ID;
        this.most = most;
        this.lifeMillis = window.plus(CLOCKS_DIFFER).toMillis();
        this.clock = clock;
        this.generations = new Generation[] {new Generation(bits)};
    }

    /** From now on every id of the window is in, but for those that there was no room for. */
    void complete() {
        complete = true;
    }

    /** Ids of before now are not in, and will not get in: it says nothing until they have expired. */
    void forgo() {
        silentUntilMillis = clock.getAsLong() + lifeMillis;
        complete = true;
    }

    /** Whether there was no room for some id that may still be in the window: then it says nothing. */
    boolean isFull() {
        long until = silentUntilMillis;
        return until != 0 && clock.getAsLong() < until;
    }

    /** True when the row was certainly never added; false says nothing. */
    boolean cannotContain(byte[] row) {
        if (!complete || isFull()) {
            return false;
        }
        long hash = hash(row);
        for (Generation generation : generations) {
            if (!generation.cannotContain(hash, mask)) {
                return false;
            }
        }
        return true;
    }

    void add(byte[] row) {
        Generation[] now = generations;
        Generation newest = now[now.length - 1];
        if (newest.added < capacity || beginNext()) {
            now = generations;
            now[now.length - 1].add(hash(row), mask);
        } else {
            silentUntilMillis = clock.getAsLong() + lifeMillis;
        }
    }

    /** False when there are as many filters as there may be, and none is old enough to go. */
    private synchronized boolean beginNext() {
        Generation[] now = generations;
        Generation newest = now[now.length - 1];
        if (newest.added < capacity) {
            // The other thread has begun it.
            return true;
        }
        long millis = clock.getAsLong();
        int expired = 0;
        while (expired < now.length - 1 && now[expired].endMillis + lifeMillis < millis) {
            expired++;
        }
        int kept = now.length - expired;
        if (kept == most) {
            return false;
        }
        newest.endMillis = millis;
        Generation[] next = new Generation[kept + 1];
        System.arraycopy(now, expired, next, 0, kept);
        next[kept] = new Generation(bits);
        generations = next;
        return true;
    }

    /** Kirsch and Mitzenmacher, ESA 2006: two hashes are as good as many. */
    private static long bit(long hash, int probe, long mask) {
        return (hash + probe * (hash >>> 32 | 1)) & mask;
    }

    private static long hash(byte[] row) {
        int first = Murmur3.hash32(row, 0, row.length);
        // The row's own head is murmur already; start elsewhere so that the halves differ.
        int second = Murmur3.hash32(row, RowKeys.HASH_BYTES, row.length - RowKeys.HASH_BYTES) * 0x9e3779b9;
        return (long) second << 32 | first & 0xffffffffL;
    }
}
