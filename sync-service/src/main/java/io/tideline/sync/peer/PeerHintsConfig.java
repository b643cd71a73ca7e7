package io.tideline.sync.peer;

import java.time.Duration;

/**
 * How much hints may cost.
 *
 * @param interval the shortest time between two sends
 * @param maxBatch hints in a message, 1 or more
 * @param maxWaiting timelines and devices whose hints wait for one peer, and for the next send, 1 or more; further ones
 *     are dropped
 * @param maxPeers servers that are told, 1 or more; further ones find out by themselves
 */
public record PeerHintsConfig(Duration interval, int maxBatch, int maxWaiting, int maxPeers) {
    /** Every 2 ms, 500 to a message, 10,000 waiting, 64 peers. */
    public static final PeerHintsConfig DEFAULT = new PeerHintsConfig(Duration.ofMillis(2), 500, 10_000, 64);

    public PeerHintsConfig {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: 0 or more)");
        }
        atLeastOne("maxBatch", maxBatch);
        atLeastOne("maxWaiting", maxWaiting);
        atLeastOne("maxPeers", maxPeers);
    }

    private static void atLeastOne(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 1 or more)");
        }
    }
}
