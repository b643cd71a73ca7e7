package io.tideline.hbase.sequencer;

import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.metrics.Counter;
import org.apache.hadoop.hbase.metrics.Histogram;
import org.apache.hadoop.hbase.metrics.MetricRegistry;
import org.apache.hadoop.hbase.metrics.Timer;

/** What the sequencers of one region server report, all regions together; HBase publishes it over JMX. */
final class SequencerMetrics {
    private final Histogram drainEntries;
    private final Histogram drainBatches;
    private final Timer queueWait;
    private final Timer sync;
    private final Counter dedupeHits;
    private final Counter conflicts;
    private final Counter wrongRegion;
    private final Counter unreadable;
    private final Counter headReads;
    private final Counter dedupeReads;
    private final Counter guardReads;
    private final Counter refusals;
    private final Counter attachments;
    private final Counter releasedDropped;

    SequencerMetrics(MetricRegistry registry) {
        this.drainEntries = registry.histogram("drainEntries");
        this.drainBatches = registry.histogram("drainBatches");
        this.queueWait = registry.timer("queueWait");
        this.sync = registry.timer("sync");
        this.dedupeHits = registry.counter("dedupeHits");
        this.conflicts = registry.counter("conflicts");
        this.wrongRegion = registry.counter("wrongRegion");
        this.unreadable = registry.counter("unreadable");
        this.headReads = registry.counter("headReads");
        this.dedupeReads = registry.counter("dedupeReads");
        this.guardReads = registry.counter("guardReads");
        this.refusals = registry.counter("refusals");
        this.attachments = registry.counter("attachments");
        this.releasedDropped = registry.counter("releasedDropped");
    }

    void drained(int batches, int entries) {
        drainBatches.update(batches);
        drainEntries.update(entries);
    }

    void waited(long nanos) {
        queueWait.update(nanos, TimeUnit.NANOSECONDS);
    }

    void synced(long nanos) {
        sync.update(nanos, TimeUnit.NANOSECONDS);
    }

    void dedupeHit() {
        dedupeHits.increment();
    }

    void conflict() {
        conflicts.increment();
    }

    void wrongRegion() {
        wrongRegion.increment();
    }

    void unreadable() {
        unreadable.increment();
    }

    void headRead() {
        headReads.increment();
    }

    void dedupeRead() {
        dedupeReads.increment();
    }

    void guardRead() {
        guardReads.increment();
    }

    void refusal() {
        refusals.increment();
    }

    void attached(int records) {
        attachments.increment(records);
    }

    void releasedDropped(int cells) {
        releasedDropped.increment(cells);
    }
}
