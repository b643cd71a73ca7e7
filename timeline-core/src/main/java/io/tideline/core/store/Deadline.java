package io.tideline.core.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A moment, on the monotonic clock of this process, after which nobody waits for the answer any more. */
public final class Deadline {
    /** A year is as good as for ever, and keeps the sum away from overflow. */
    private static final Duration FAR = Duration.ofDays(365);

    private final long nanoTime;
    private final @Nullable Order order;

    private Deadline(long nanoTime, @Nullable Order order) {
        this.nanoTime = nanoTime;
        this.order = order;
    }

    /**
     * What things are done in that must not overtake each other: once one of them was given up, nobody waits for the others
     * any more. So a deadline of an order that was once found to have passed takes all deadlines of the order with it.
     */
    public static final class Order {
        private volatile boolean broken;

        /** The same moment, within this order. Deadlines of an order should be asked for in its sequence. */
        public Deadline within(Deadline deadline) {
            return new Deadline(deadline.nanoTime, this);
        }

        /** All deadlines of this order have passed. */
        public void breakOff() {
            broken = true;
        }

        public boolean isBroken() {
            return broken;
        }
    }

    /** The moment {@code duration} from now; a negative or zero duration has passed already. */
    public static Deadline after(Duration duration) {
        Duration limited = duration;
        if (duration.abs().compareTo(FAR) > 0) {
            limited = duration.isNegative() ? FAR.negated() : FAR;
        }
        return new Deadline(System.nanoTime() + limited.toNanos(), null);
    }

    /** Time left; negative once it has passed. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    public boolean hasPassed() {
        if (order == null) {
            return remainingNanos() <= 0;
        }
        if (!order.isBroken() && remainingNanos() <= 0) {
            order.breakOff();
        }
        return order.isBroken();
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
