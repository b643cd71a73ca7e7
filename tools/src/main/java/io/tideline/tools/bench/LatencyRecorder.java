package io.tideline.tools.bench;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/**
 * Latencies of one phase, in microseconds with three digits. Each thread writes a histogram of its own, so that
 * measuring does not make the measured threads wait for each other.
 */
final class LatencyRecorder {
    private static final int DIGITS = 3;

    private final Queue<Histogram> histograms = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Histogram> own = ThreadLocal.withInitial(this::newHistogram);

    private Histogram newHistogram() {
        Histogram histogram = new Histogram(DIGITS);
        histograms.add(histogram);
        return histogram;
    }

    void record(long nanos) {
        own.get().recordValue(Math.max(0, nanos) / 1_000);
    }

    /** Everything recorded. Only when all recording has happened before this call. */
    Histogram total() {
        Histogram total = new Histogram(DIGITS);
        histograms.forEach(total::add);
        return total;
    }
}
