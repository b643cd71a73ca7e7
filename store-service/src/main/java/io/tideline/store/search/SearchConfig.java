package io.tideline.store.search;

import java.time.Duration;

/**
 * How indexes are kept.
 *
 * @param maxApps how many apps have an index at most; others cannot be searched
 * @param maxPending how many moved timelines are remembered per app; beyond, all are looked at again
 * @param timelinesAtOnce how many timelines one step reads
 * @param stepBytes payload bytes that one step reads, shared by its timelines
 * @param commitInterval how long changes may wait until they are durable; after a crash they are read again
 * @param erasureInterval how often it is looked for erasures that other servers have carried out
 * @param requestTimeout of single requests to the storage
 * @param textKinds which payloads are text
 */
public record SearchConfig(
        int maxApps,
        int maxPending,
        int timelinesAtOnce,
        int stepBytes,
        Duration commitInterval,
        Duration erasureInterval,
        Duration requestTimeout,
        TextKinds textKinds) {
    /** 1,000 apps, 100,000 timelines, 64 timelines and 1 MiB a step, 5 s, 10 s, 10 s, {@code text}. */
    public static final SearchConfig DEFAULT = new SearchConfig(
            1_000,
            100_000,
            64,
            1 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            TextKinds.DEFAULT);

    public SearchConfig {
        atLeastOne("maxApps", maxApps);
        atLeastOne("maxPending", maxPending);
        atLeastOne("timelinesAtOnce", timelinesAtOnce);
        atLeastOne("stepBytes", stepBytes);
    }

    private static void atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: 1 or more)");
        }
    }
}
