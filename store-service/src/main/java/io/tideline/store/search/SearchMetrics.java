package io.tideline.store.search;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Figures of search, under {@code search.}. */
final class SearchMetrics {
    private final MetricRegistry registry;
    private final Histogram lagMillis;
    private final Timer queries;
    private final Counter messages;
    private final Counter stale;
    private final Counter failures;

    SearchMetrics(MetricRegistry registry) {
        this.registry = registry;
        this.lagMillis = registry.histogram("search.lag.millis");
        this.queries = registry.timer("search.queries");
        this.messages = registry.counter("search.indexed.messages");
        this.stale = registry.counter("search.hits.stale");
        this.failures = registry.counter("search.feed.failures");
    }

    /** From when a move was committed, or heard of, until it could be found. */
    void lag(long millis) {
        lagMillis.update(millis);
    }

    void query(long nanos) {
        queries.update(nanos, TimeUnit.NANOSECONDS);
    }

    void indexed(int count) {
        messages.inc(count);
    }

    /** Hits that the timelines did not confirm. */
    void stale(int count) {
        stale.inc(count);
    }

    void failure() {
        failures.inc();
    }

    /** What can be looked at, at any time. */
    void gauges(
            Supplier<Long> documents,
            Supplier<Long> pending,
            Supplier<Long> unreadable,
            Supplier<Long> behindMillis,
            Supplier<Long> apps) {
        registry.gauge("search.documents", () -> documents::get);
        registry.gauge("search.pending.timelines", () -> pending::get);
        registry.gauge("search.unreadable.timelines", () -> unreadable::get);
        registry.gauge("search.behind.millis", () -> behindMillis::get);
        registry.gauge("search.apps", () -> apps::get);
    }
}
