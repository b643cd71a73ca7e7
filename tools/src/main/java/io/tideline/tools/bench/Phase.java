package io.tideline.tools.bench;

import org.HdrHistogram.Histogram;

/**
 * What one phase of load has shown.
 *
 * @param perSecond operations that ended well, by the time they took in all
 * @param micros latencies of those
 * @param failures operations that failed
 */
record Phase(double perSecond, Histogram micros, long failures) {
    long operations() {
        return micros.getTotalCount();
    }

    double millisAt(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }
}
