package io.tideline.hbase.store;

import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;

/** What the HBase adapter reports. */
final class StoreMetrics {
    private final Histogram batchSize;
    private final Meter retries;
    private final Meter regionMapChanges;
    private final Meter staleAnswers;
    private final Meter secondReads;

    StoreMetrics(MetricRegistry registry, AppendBudget budget) {
        this.batchSize = registry.histogram("hbase.append.batch.size");
        this.retries = registry.meter("hbase.append.retries");
        this.regionMapChanges = registry.meter("hbase.region.map.changes");
        this.staleAnswers = registry.meter("hbase.read.stale.answers");
        this.secondReads = registry.meter("hbase.read.second.reads");
        registry.gauge("hbase.append.waiting.bytes", () -> budget::usedBytes);
    }

    void batch(int appends) {
        batchSize.update(appends);
    }

    void retry() {
        retries.mark();
    }

    void regionMapChange() {
        regionMapChanges.mark();
    }

    void staleAnswer() {
        staleAnswers.mark();
    }

    void secondRead() {
        secondReads.mark();
    }
}
