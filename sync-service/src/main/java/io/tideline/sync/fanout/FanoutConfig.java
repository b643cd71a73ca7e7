package io.tideline.sync.fanout;

import java.time.Duration;

/**
 * How fan-out trades speed for load.
 *
 * @param name of this worker, of no other that runs or ran within a lease's time: stands in leases
 * @param conversations how many conversations are worked on at a time
 * @param inboxesInFlight how many inboxes of one conversation are written at a time
 * @param entriesPerStep 1 to 500: how many entries go to all members before the cursor is raised
 * @param membersPerPage 1 to 10,000
 * @param leaseTime after a crash, others go on when this has passed
 * @param scanInterval pause between two looks for work that nobody told this worker of
 * @param requestTimeout for one request to the store
 * @param firstRetry pause after a failure, and while another works on the conversation; doubles each time
 * @param longestRetry where the doubling ends
 * @param maxQueued conversations that wait at most; more are left to the scan
 */
public record FanoutConfig(
        String name,
        int conversations,
        int inboxesInFlight,
        int entriesPerStep,
        int membersPerPage,
        Duration leaseTime,
        Duration scanInterval,
        Duration requestTimeout,
        Duration firstRetry,
        Duration longestRetry,
        int maxQueued) {
    public FanoutConfig {
        check("conversations", conversations, 1, 1000);
        check("inboxes_in_flight", inboxesInFlight, 1, 10_000);
        check("entries_per_step", entriesPerStep, 1, 500);
        check("members_per_page", membersPerPage, 1, 10_000);
        check("max_queued", maxQueued, 1, 1_000_000);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: empty (expected: a name of this process)");
        }
    }

    /** 16 conversations, 2,500 inboxes, 100 entries a step, leases of 10 s, scans every 3 s. */
    public static FanoutConfig named(String name) {
        return new FanoutConfig(
                name,
                16,
                2500,
                100,
                5000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(10),
                10_000);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
