package io.tideline.store.id;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.Objects;

/**
 * How node numbers are leased.
 *
 * @param registry where the leases stand; the same for all processes of an installation
 * @param nodes how many numbers there are, 1 to {@value #MAX_NODES}: so many processes can give ids at once
 * @param leaseTime for how long a number is kept from others after its last renewal
 * @param reserveAhead ids are given up to this far beyond the last renewal
 * @param requestTimeout of one look or write
 */
public record LeaseConfig(
        TimelineId registry, int nodes, Duration leaseTime, Duration reserveAhead, Duration requestTimeout) {
    public static final int MAX_NODES = 1024;

    public static final LeaseConfig DEFAULT = new LeaseConfig(
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "message-id-nodes"),
            MAX_NODES,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5));

    public LeaseConfig {
        Objects.requireNonNull(requestTimeout, "requestTimeout");
        if (registry.family() != TimelineFamily.REGISTRY) {
            throw new IllegalArgumentException("registry: " + registry.family() + " (expected: REGISTRY)");
        }
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("nodes: " + nodes + " (expected: 1.." + MAX_NODES + ")");
        }
        if (reserveAhead.toMillis() < 1 || leaseTime.compareTo(reserveAhead) < 0) {
            throw new IllegalArgumentException(
                    "reserveAhead: " + reserveAhead + " (expected: 1 ms.." + leaseTime + ")");
        }
    }
}
