package io.tideline.scheduler;

import java.util.List;

/**
 * What one pass has found and done.
 *
 * @param timelines that were looked at
 * @param due that had entries to move
 * @param entries moved, or that would be
 * @param bytes moved, as stored, uncompressed; 0 of a dry run
 * @param expired entries dropped because their retention is over, or that would be
 * @param failed timelines that were left for the next pass
 * @param plans the first {@value #MAX_PLANS}
 */
public record PassReport(
        State state,
        long timelines,
        long due,
        long entries,
        long bytes,
        long expired,
        long failed,
        List<MovePlan> plans) {
    public static final int MAX_PLANS = 1000;

    /** How it ended. */
    public enum State {
        DONE,
        /** Somebody has paused the scheduler. */
        PAUSED,
        /** Another process has the lease. */
        STANDBY
    }

    public PassReport {
        plans = List.copyOf(plans);
    }

    static PassReport nothing(State state) {
        return new PassReport(state, 0, 0, 0, 0, 0, 0, List.of());
    }
}
