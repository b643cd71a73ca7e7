package io.tideline.sync.device;

import com.google.common.primitives.Ints;
import java.time.Duration;

/**
 * What sync may cost.
 *
 * @param maxWarmPairs how many (user, conversation) pairs this process remembers, 1 or more; about 300 bytes each. Users
 *     with open streams are always remembered, so it is also how many of these there may be
 * @param readsInFlight how many conversations of a page are read at a time
 * @param maxInboxEntries how many inbox entries are read for a device that comes back; if there are more, the heads of all
 *     its conversations are cheaper
 * @param maxDevices how many devices a user may have
 * @param seenInterval how exactly it is remembered when a device was last seen
 * @param loads how many streams find out at a time what moved while nobody looked; others wait their turn. After a restart,
 *     or when a region has moved, all want to at once
 */
public record SyncConfig(
        int maxWarmPairs, int readsInFlight, int maxInboxEntries, int maxDevices, Duration seenInterval, int loads) {
    /** A million pairs, 16 reads, 5000 inbox entries, 64 devices, an hour, 64 loads. */
    public static final SyncConfig DEFAULT = new SyncConfig(1_000_000, 16, 5000, 64, Duration.ofHours(1), 64);

    private static final int BYTES_OF_A_PAIR = 300;
    private static final int SHARE_OF_HEAP = 8;

    /**
     * The default, with as many pairs as fit into an eighth of the heap.
     *
     * @param heapBytes the most it may become
     */
    public static SyncConfig forHeap(long heapBytes) {
        int pairs = Ints.saturatedCast(Math.max(1, heapBytes / SHARE_OF_HEAP / BYTES_OF_A_PAIR));
        return new SyncConfig(
                pairs,
                DEFAULT.readsInFlight,
                DEFAULT.maxInboxEntries,
                DEFAULT.maxDevices,
                DEFAULT.seenInterval,
                DEFAULT.loads);
    }

    public SyncConfig {
        if (maxWarmPairs < 1 || readsInFlight < 1 || maxInboxEntries < 1 || maxDevices < 1 || loads < 1) {
            throw new IllegalArgumentException("sync limits: " + maxWarmPairs + ", " + readsInFlight + ", "
                    + maxInboxEntries + ", " + maxDevices + ", " + loads + " (expected: 1 or more each)");
        }
    }
}
