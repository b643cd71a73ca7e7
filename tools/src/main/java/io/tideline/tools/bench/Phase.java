package io.tideline.tools.bench;

import org.HdrHistogram.Histogram;

/**
 * What one phase of load has shown.
 *
 * @param inTime operations that ended well before the phase did; throughput counts these alone
 * @param seconds how long the phase was
 * @param micros latencies of all that ended well, those that were under way at the end included
 * @param failures operations that failed
 */
record Phase(long inTime, double seconds, Histogram micros, long failures) {
    double perSecond() {
        return inTime / seconds;
    }

    double millisAt(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }
}
