package io.tideline.hbase.store;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;

/** What the change feed reports. */
final class FeedMetrics {
    private final Meter polls;
    private final Meter changes;
    private final Meter resets;
    private final Meter failures;
    private final Timer barrierWait;

    FeedMetrics(MetricRegistry registry) {
        this.polls = registry.meter("hbase.feed.polls");
        this.changes = registry.meter("hbase.feed.changes");
        this.resets = registry.meter("hbase.feed.resets");
        this.failures = registry.meter("hbase.feed.failures");
        this.barrierWait = registry.timer("hbase.feed.barrier.wait");
    }

    /** A region has answered. */
    void polled(int changesTold) {
        polls.mark();
        changes.mark(changesTold);
    }

    /** A region could not say what has moved. */
    void reset() {
        resets.mark();
    }

    /** A round that did not reach all regions. */
    void failure() {
        failures.mark();
    }

    void barrier(long nanos) {
        barrierWait.update(nanos, TimeUnit.NANOSECONDS);
    }
}
