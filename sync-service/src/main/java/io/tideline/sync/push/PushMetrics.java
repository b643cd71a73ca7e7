package io.tideline.sync.push;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;

/**
 * What push tells about itself.
 *
 * @param sessions {@code push.sessions}: open now
 * @param pages {@code push.pages}: sent
 * @param messages {@code push.messages}: sent in them
 * @param hints {@code push.hints}: sent to devices that were too slow
 * @param failures {@code push.failures}: pages that could not be made, and are tried again; sessions that could not be
 *     opened; looks that failed
 */
record PushMetrics(Counter sessions, Meter pages, Meter messages, Meter hints, Meter failures) {
    static PushMetrics in(MetricRegistry registry) {
        return new PushMetrics(
                registry.counter("push.sessions"),
                registry.meter("push.pages"),
                registry.meter("push.messages"),
                registry.meter("push.hints"),
                registry.meter("push.failures"));
    }
}
