package io.tideline.tools.bench;

import java.time.Duration;

/**
 * How much is measured, and how long.
 *
 * @param warmUp for each side of a comparison, before its rounds
 * @param phase one side's share of a round
 * @param rounds how often the sides take turns, 1 or more
 * @param timelines that single appends, batches and heads are spread over
 * @param manyTimelines the same for the benchmark of very many
 * @param historyTimelines that pages are read from
 * @param historyEntries entries in each of those, more than a page
 * @param watchers as many timelines, one watcher each
 * @param groupMembers of the groups that are sent to, at most 11,000
 * @param conversationsEach of each user whose device comes back
 * @param groupDevices subscribed at once, all of one group
 * @param roomDevices the same for the benchmark of a crowded room, at most 11,000
 * @param searchMessages that are searched
 */
record BenchSettings(
        Duration warmUp,
        Duration phase,
        int rounds,
        int timelines,
        int manyTimelines,
        int historyTimelines,
        int historyEntries,
        int watchers,
        int groupMembers,
        int conversationsEach,
        int groupDevices,
        int roomDevices,
        int searchMessages) {
    static final int PAYLOAD_BYTES = 256;
    static final int IN_FLIGHT = 256;
    static final int STREAMS = 16;
    static final int IN_FLIGHT_PER_STREAM = 64;
    static final int CALLERS = 16;
    static final int HEADS_PER_CALL = 500;
    static final int PAGE = 100;

    BenchSettings {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: 1 or more)");
        }
        if (phase.isZero() || phase.isNegative() || warmUp.isNegative()) {
            throw new IllegalArgumentException("phase: " + phase + ", warmUp: " + warmUp + " (expected: more than 0)");
        }
        if (timelines < HEADS_PER_CALL || manyTimelines < 1 || watchers < 1 || historyTimelines < 1) {
            throw new IllegalArgumentException("timelines: " + timelines + ", manyTimelines: " + manyTimelines);
        }
        if (searchMessages < 1_000) {
            throw new IllegalArgumentException("searchMessages: " + searchMessages + " (expected: 1,000 or more)");
        }
        if (historyEntries <= PAGE) {
            throw new IllegalArgumentException(
                    "historyEntries: " + historyEntries + " (expected: more than " + PAGE + ")");
        }
    }

    static BenchSettings full() {
        return new BenchSettings(
                Duration.ofSeconds(10),
                Duration.ofSeconds(8),
                5,
                10_000,
                1_000_000,
                500,
                400,
                1_000,
                10_000,
                500,
                1_000,
                10_000,
                1_000_000);
    }

    /** For a look whether everything works: the figures mean little. */
    static BenchSettings quick() {
        return new BenchSettings(
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                2,
                10_000,
                20_000,
                50,
                200,
                200,
                1_000,
                50,
                100,
                500,
                20_000);
    }

    BenchSettings withoutWarmUp() {
        return new BenchSettings(
                Duration.ZERO,
                phase,
                rounds,
                timelines,
                manyTimelines,
                historyTimelines,
                historyEntries,
                watchers,
                groupMembers,
                conversationsEach,
                groupDevices,
                roomDevices,
                searchMessages);
    }
}
