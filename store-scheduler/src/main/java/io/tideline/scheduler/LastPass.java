package io.tideline.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The last pass that any server of the installation has made.
 *
 * @param server the name of the process
 * @param at when it ended
 * @param due timelines that had entries to move
 * @param entries moved
 * @param bytes moved, as stored, uncompressed
 * @param expired entries dropped because their retention was over
 * @param failed timelines that were left for the next pass
 * @param lagDays age of the oldest day that was due when the pass came to it
 */
public record LastPass(
        String server,
        Outcome outcome,
        Instant at,
        Duration took,
        long due,
        long entries,
        long bytes,
        long expired,
        long failed,
        long lagDays) {
    /** How a pass ended. */
    public enum Outcome {
        DONE(0),
        /** Paused, or the server was stopped, or another one took over. */
        INTERRUPTED(1),
        /** By a failure that is not of one timeline; the log says which. */
        FAILED(2);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }

        /** As it is stored; never changes. */
        int code() {
            return code;
        }
    }

    public LastPass {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(took, "took");
    }
}
