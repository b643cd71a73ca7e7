package io.tideline.tools.simulation;

import io.tideline.api.v1.DiffusionPolicy;

/**
 * What is simulated.
 *
 * @param app of its own for each run: what an earlier run left would be counted
 * @param devices 1 to 1,000,000
 * @param devicesPerUser on average, 1 or more; users who say nothing are added until there are enough of them
 * @param seed what is left to chance is left to this one; what threads do is not
 * @param maxEvents of the log, the rest is not looked at
 * @param rounds how often a device goes on line while the log is replayed, on average
 * @param policy of the groups at the beginning
 * @param switches whether each group's diffusion is switched on the way, there and back
 * @param historyVisible whether members see what was sent before they joined
 * @param subscribeShare of the times that a device is on line, how many it spends on a subscription; 0 to 1
 * @param groups that each channel of the log is dealt out to, 1 or more
 * @param threads devices that are on line at the same time
 */
record SimulationSettings(
        String app,
        int devices,
        int devicesPerUser,
        long seed,
        int maxEvents,
        double rounds,
        DiffusionPolicy policy,
        boolean switches,
        boolean historyVisible,
        double subscribeShare,
        int groups,
        int threads) {
    SimulationSettings {
        requireWithin("devices", devices, 1_000_000);
        requireWithin("devices per user", devicesPerUser, 1_000);
        requireWithin("max events", maxEvents, Integer.MAX_VALUE);
        requireWithin("groups", groups, 1_000);
        requireWithin("threads", threads, 1_000);
        if (!(rounds >= 0)) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: 0 or more)");
        }
        if (!(subscribeShare >= 0 && subscribeShare <= 1)) {
            throw new IllegalArgumentException("subscribe share: " + subscribeShare + " (expected: 0..1)");
        }
    }

    private static void requireWithin(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1.." + most + ")");
        }
    }
}
