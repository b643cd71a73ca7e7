package io.tideline.core.store;

import java.time.Duration;

/** A moment, on the monotonic clock of this process, after which nobody waits for the answer any more. */
public final class Deadline {
    /** A year is as good as for ever, and keeps the sum away from overflow. */
    private static final Duration FAR = Duration.ofDays(365);

    private final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The moment {@code duration} from now; a negative or zero duration has passed already. */
    public static Deadline after(Duration duration) {
        Duration limited = duration;
        if (duration.abs().compareTo(FAR) > 0) {
            limited = duration.isNegative() ? FAR.negated() : FAR;
        }
        return new Deadline(System.nanoTime() + limited.toNanos());
    }

    /** Time left; negative once it has passed. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    public boolean hasPassed() {
        return remainingNanos() <= 0;
    }

    /** The one of the two that comes last. */
    public Deadline later(Deadline other) {
        return nanoTime - other.nanoTime >= 0 ? this : other;
    }

    @Override
    public String toString() {
        return "Deadline[in " + remainingNanos() / 1_000_000 + " ms]";
    }
}
