package io.tideline.scheduler;

import java.util.Arrays;

/**
 * How fast entries may be moved: as fast as configured for as long as reads take about as long as they do between moves;
 * slower, and in smaller units, when they take longer. Thread safe.
 */
final class PaceControl {
    /** What reads may take longer while entries are moved. */
    static final double MOST_RISE = 1.2;

    /** A fiftieth of the configured pace is always allowed: what is due must leave at last. */
    private static final double LEAST_SHARE = 0.02;

    private static final double SLOWER = 0.7;
    private static final double FASTER = 1.1;
    private static final int SAMPLES = 200;
    private static final int ENOUGH = 20;
    private static final double PERCENTILE = 0.95;
    /** What no reader notices, and no clock measures well under load. */
    private static final long NOISE_NANOS = 200_000;
    /** A unit is what the pace allows in a quarter of a second. */
    private static final double UNIT_SECONDS = 0.25;

    private static final int LEAST_UNIT = 100;

    /** One more for each so many entries a second: a slow pace in bursts would be felt as a fast one is. */
    private static final double RATE_OF_ONE = 1_250;

    private static final int MOST_AT_ONCE = 16;

    /** The last samples of one kind. */
    private static final class Samples {
        private final long[] nanos = new long[SAMPLES];
        private int count;

        void add(long sample) {
            nanos[count % SAMPLES] = sample;
            count++;
        }

        boolean enough() {
            return count >= ENOUGH;
        }

        long percentile() {
            long[] sorted = Arrays.copyOf(nanos, Math.min(count, SAMPLES));
            Arrays.sort(sorted);
            return sorted[(int) (sorted.length * PERCENTILE)];
        }
    }

    private final double most;
    private final int mostUnit;
    private final Samples quiet = new Samples();
    private final Samples busy = new Samples();
    private double rate;

    /**
     * Begins as fast as allowed.
     *
     * @param most entries a second
     * @param mostUnit entries of one unit
     */
    PaceControl(double most, int mostUnit) {
        this.most = most;
        this.mostUnit = mostUnit;
        this.rate = most;
    }

    /** A read took so long while nothing was moved. */
    synchronized void quiet(long nanos) {
        quiet.add(nanos);
    }

    /** A read took so long while a unit was moved. */
    synchronized void busy(long nanos) {
        busy.add(nanos);
    }

    /** Draws conclusions from the samples. To be called once a unit; returns entries a second. */
    synchronized double adapt() {
        if (quiet.enough() && busy.enough()) {
            boolean tooMuch = busy.percentile() > quiet.percentile() * MOST_RISE + NOISE_NANOS;
            rate = Math.max(most * LEAST_SHARE, Math.min(most, rate * (tooMuch ? SLOWER : FASTER)));
        }
        return rate;
    }

    synchronized double rate() {
        return rate;
    }

    /** How many timelines may be moved at a time. */
    synchronized int timelinesAtOnce() {
        return (int) Math.max(1, Math.min(MOST_AT_ONCE, rate / RATE_OF_ONE));
    }

    /** How many entries the next unit may have. */
    synchronized int unitEntries() {
        return Math.min(mostUnit, Math.max(LEAST_UNIT, (int) Math.min(Integer.MAX_VALUE, rate * UNIT_SECONDS)));
    }
}
