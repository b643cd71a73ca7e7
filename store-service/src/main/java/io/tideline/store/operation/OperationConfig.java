package io.tideline.store.operation;

import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.Objects;

/**
 * How operations are worked on.
 *
 * @param name of the process, of no two at a time
 * @param running how many operations one process works on at a time
 * @param leaseTime for how long an operation is kept from others after its last renewal, which is done every third of it
 * @param scanInterval between two looks for operations that wait
 * @param retention after how long finished ones are forgotten
 * @param requestTimeout of one look or write
 * @param retryPause after a failed step; doubled with each further one, up to 32 times as long
 */
public record OperationConfig(
        String name,
        int running,
        Duration leaseTime,
        Duration scanInterval,
        Duration retention,
        Duration requestTimeout,
        Duration retryPause) {
    /** Where all operations of an installation stand. */
    public static final TimelineId REGISTRY =
            new TimelineId(new AppId("tideline"), TimelineFamily.REGISTRY, "operations");

    /** The lease time of a process that is not told another. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    public OperationConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(requestTimeout, "requestTimeout");
        Objects.requireNonNull(retention, "retention");
        if (running < 1 || running > 64) {
            throw new IllegalArgumentException("running: " + running + " (expected: 1..64)");
        }
        if (leaseTime.toMillis() < 3 || scanInterval.toMillis() < 1 || retryPause.toMillis() < 1) {
            throw new IllegalArgumentException("times: " + leaseTime + ", " + scanInterval + ", " + retryPause
                    + " (expected: 3 ms or more, 1 ms or more, 1 ms or more)");
        }
    }

    public static OperationConfig named(String name) {
        return named(name, LEASE);
    }

    public static OperationConfig named(String name, Duration leaseTime) {
        return new OperationConfig(
                name,
                2,
                leaseTime,
                Duration.ofSeconds(5),
                Duration.ofDays(30),
                Duration.ofSeconds(10),
                Duration.ofMillis(500));
    }
}
