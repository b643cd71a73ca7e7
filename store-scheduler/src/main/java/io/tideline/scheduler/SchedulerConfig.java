package io.tideline.scheduler;

import java.time.Duration;

/**
 * How the scheduler works.
 *
 * @param name of this process, of no other that runs: stands in the lease
 * @param interval from the end of one pass to the next
 * @param unitEntries how many entries are moved by one commit, 1 or more
 * @param entriesPerSecond the pace of moves, above 0: what they may take from those who read and write
 * @param leaseTime after a crash another process goes on when this has passed
 * @param requestTimeout for one request to the store, a copy of one unit included
 */
public record SchedulerConfig(
        String name,
        Duration interval,
        int unitEntries,
        double entriesPerSecond,
        Duration leaseTime,
        Duration requestTimeout) {
    public SchedulerConfig {
        if (name.isEmpty() || unitEntries < 1 || !(entriesPerSecond > 0)) {
            throw new IllegalArgumentException("name: '" + name + "', unitEntries: " + unitEntries
                    + ", entriesPerSecond: " + entriesPerSecond + " (expected: a name, 1 or more, above 0)");
        }
    }

    /** A pass every minute, units of 5,000 entries, 20,000 entries a second, leases of a minute. */
    public static SchedulerConfig named(String name) {
        return new SchedulerConfig(
                name, Duration.ofMinutes(1), 5_000, 20_000, Duration.ofMinutes(1), Duration.ofSeconds(20));
    }

    public SchedulerConfig withLeaseTime(Duration newLeaseTime) {
        return new SchedulerConfig(name, interval, unitEntries, entriesPerSecond, newLeaseTime, requestTimeout);
    }

    /** With another pace of moves, in entries a second. */
    public SchedulerConfig withPace(double newPace) {
        return new SchedulerConfig(name, interval, unitEntries, newPace, leaseTime, requestTimeout);
    }
}
