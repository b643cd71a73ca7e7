package io.tideline.sync.device;

import java.time.Duration;

/**
 * What sync may cost.
 *
 * @param maxWarmPairs how many (user, conversation) pairs this process remembers, 1 or more; about 300 bytes each
 * @param readsInFlight how many conversations of a page are read at a time
 * @param maxInboxEntries how many inbox entries are read for a device that comes back; if there are more, the heads of all
 *     its conversations are cheaper
 * @param maxDevices how many devices a user may have
 * @param seenInterval how exactly it is remembered when a device was last seen
 */
public record SyncConfig(
        int maxWarmPairs, int readsInFlight, int maxInboxEntries, int maxDevices, Duration seenInterval) {
    /** A million pairs, 16 reads, 5000 inbox entries, 64 devices, an hour. */
    public static final SyncConfig DEFAULT = new SyncConfig(1_000_000, 16, 5000, 64, Duration.ofHours(1));

    public SyncConfig {
        if (maxWarmPairs < 1 || readsInFlight < 1 || maxInboxEntries < 1 || maxDevices < 1) {
            throw new IllegalArgumentException("sync limits: " + maxWarmPairs + ", " + readsInFlight + ", "
                    + maxInboxEntries + ", " + maxDevices + " (expected: 1 or more each)");
        }
    }
}
