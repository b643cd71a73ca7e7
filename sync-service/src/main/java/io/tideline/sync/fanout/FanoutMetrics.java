package io.tideline.sync.fanout;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What operators see of fan-out.
 *
 * @param pending {@code fanout.pending}: conversations of the installation with unfinished work, at the last scan
 * @param oldestAgeMillis {@code fanout.oldest.age}: how long the oldest entry of them has waited, at the last scan
 * @param written {@code fanout.inbox.entries}: entries written into inboxes
 * @param repeated {@code fanout.inbox.repeats}: entries that were there already, after a crash or a takeover
 * @param failures {@code fanout.failures}: runs that failed and are tried again
 * @param dropped {@code fanout.queue.dropped}: triggers left to the scan because too many were waiting
 */
record FanoutMetrics(
        AtomicLong pending, AtomicLong oldestAgeMillis, Meter written, Meter repeated, Meter failures, Meter dropped) {
    static FanoutMetrics in(MetricRegistry registry) {
        AtomicLong pending = new AtomicLong();
        AtomicLong oldest = new AtomicLong();
        registry.gauge("fanout.pending", () -> (Gauge<Long>) pending::get);
        registry.gauge("fanout.oldest.age", () -> (Gauge<Long>) oldest::get);
        return new FanoutMetrics(
                pending,
                oldest,
                registry.meter("fanout.inbox.entries"),
                registry.meter("fanout.inbox.repeats"),
                registry.meter("fanout.failures"),
                registry.meter("fanout.queue.dropped"));
    }
}
