package io.tideline.sync.watch;

import io.tideline.core.store.ReadQuery;
import java.time.Duration;

/**
 * How watches trade latency, memory and load.
 *
 * @param pollInterval pause between two looks at the heads of the watched timelines: how late an append through another
 *     process is seen at worst
 * @param requestTimeout how long the store may take for one read or one look at heads
 * @param maxEntries 1 to {@value ReadQuery#MAX_ENTRIES}: the most entries in a watch's live buffer, and in a page it
 *     reads. A watch holds at most one of each
 * @param maxBytes payload bytes, 1 or more: the same for a buffer's and a page's payloads; a page's first entry may
 *     exceed it
 * @param reorderWait how long a watch waits for a missing seq to be offered before it reads it: acknowledgements of one
 *     timeline overtake each other by no more than that in the usual case
 * @param firstRetry pause after the first failed read; doubles with each further one
 * @param longestRetry where the doubling ends
 */
public record WatchConfig(
        Duration pollInterval,
        Duration requestTimeout,
        int maxEntries,
        int maxBytes,
        Duration reorderWait,
        Duration firstRetry,
        Duration longestRetry) {
    /** 250 ms polls, 5 s requests, 256 entries or 256 KiB, 10 ms for reordering, retries after 50 ms to 2 s. */
    public static final WatchConfig DEFAULT = new WatchConfig(
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            256,
            256 * 1024,
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(2));

    public WatchConfig {
        checkPositive("pollInterval", pollInterval);
        checkPositive("requestTimeout", requestTimeout);
        checkPositive("reorderWait", reorderWait);
        checkPositive("firstRetry", firstRetry);
        if (maxEntries < 1 || maxEntries > ReadQuery.MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "maxEntries: " + maxEntries + " (expected: 1.." + ReadQuery.MAX_ENTRIES + ")");
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 1 or more)");
        }
        if (longestRetry.compareTo(firstRetry) < 0) {
            throw new IllegalArgumentException(
                    "longestRetry: " + longestRetry + " (expected: at least firstRetry " + firstRetry + ")");
        }
    }

    public WatchConfig withPollInterval(Duration newPollInterval) {
        return new WatchConfig(
                newPollInterval, requestTimeout, maxEntries, maxBytes, reorderWait, firstRetry, longestRetry);
    }

    public WatchConfig withBounds(int newMaxEntries, int newMaxBytes) {
        return new WatchConfig(
                pollInterval, requestTimeout, newMaxEntries, newMaxBytes, reorderWait, firstRetry, longestRetry);
    }

    /**
     * The pause after {@code failures} failed reads in a row.
     *
     * @param share 0.5 to 1: which part of the full pause, different for each watch, so that watches which failed
     *     together do not come back together
     */
    Duration retryPause(int failures, double share) {
        // 2^20 times any sensible first pause is beyond the longest one, and does not overflow.
        Duration doubled = firstRetry.multipliedBy(1L << Math.min(20, failures - 1));
        Duration full = doubled.compareTo(longestRetry) < 0 ? doubled : longestRetry;
        return Duration.ofNanos((long) (full.toNanos() * share));
    }

    private static void checkPositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + ": " + duration + " (expected: more than 0)");
        }
    }
}
