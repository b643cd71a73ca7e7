package io.tideline.api.server.operator;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A registry as names and numbers: {@code <name>.count} of all that counts, {@code <name>.p50}, {@code .p99} and
 * {@code .max} of histograms, the same with the suffix {@code _us} (microseconds) of timers, {@code <name>.per_s} of
 * meters over the last minute, and gauges that are numbers under their own name.
 */
final class MetricValues {
    private static final double NANOS_PER_MICRO = 1_000;

    private MetricValues() {}

    static SortedMap<String, Double> of(MetricRegistry registry) {
        SortedMap<String, Double> values = new TreeMap<>();
        for (Map.Entry<String, Metric> metric : registry.getMetrics().entrySet()) {
            put(metric.getKey(), metric.getValue(), values);
        }
        return values;
    }

    private static void put(String name, Metric metric, Map<String, Double> values) {
        if (metric instanceof Counting counting) {
            values.put(name + ".count", (double) counting.getCount());
        }
        if (metric instanceof Timer timer) {
            putPercentiles(name, "_us", timer.getSnapshot(), NANOS_PER_MICRO, values);
        } else if (metric instanceof Histogram histogram) {
            putPercentiles(name, "", histogram.getSnapshot(), 1, values);
        } else if (metric instanceof Meter meter) {
            values.put(name + ".per_s", meter.getOneMinuteRate());
        } else if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number) {
            values.put(name, number.doubleValue());
        }
    }

    private static void putPercentiles(
            String name, String unit, Snapshot snapshot, double divisor, Map<String, Double> values) {
        values.put(name + ".p50" + unit, snapshot.getMedian() / divisor);
        values.put(name + ".p99" + unit, snapshot.get99thPercentile() / divisor);
        values.put(name + ".max" + unit, snapshot.getMax() / divisor);
    }
}
