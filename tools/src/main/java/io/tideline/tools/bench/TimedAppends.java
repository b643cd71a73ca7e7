package io.tideline.tools.bench;

import io.tideline.tools.bench.WatchedAppends.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** When each append of a phase was sent, acknowledged and seen. Tags in payloads tell which one an event is of. */
final class TimedAppends {
    private static final Duration STRAGGLERS = Duration.ofSeconds(30);

    private final long firstTag;
    private final int count;
    private final AtomicLongArray sent;
    private final AtomicLongArray acknowledged;
    private final AtomicLongArray seen;
    private final CountDownLatch open;
    private final AtomicLong failures = new AtomicLong();

    TimedAppends(long firstTag, int count) {
        this.firstTag = firstTag;
        this.count = count;
        this.sent = new AtomicLongArray(count);
        this.acknowledged = new AtomicLongArray(count);
        this.seen = new AtomicLongArray(count);
        this.open = new CountDownLatch(2 * count);
    }

    long firstTag() {
        return firstTag;
    }

    void sent(int index) {
        sent.set(index, System.nanoTime());
    }

    void acknowledged(int index, boolean well) {
        if (well) {
            acknowledged.set(index, System.nanoTime());
        } else {
            failures.incrementAndGet();
        }
        open.countDown();
    }

    /** Tags of other phases, whose events come late, and repeats are passed over. */
    void seen(long tag, long nanoTime) {
        long index = tag - firstTag;
        if (index >= 0 && index < count && seen.compareAndSet((int) index, 0, nanoTime)) {
            open.countDown();
        }
    }

    /** Until every append was answered and seen, or it takes too long. */
    void awaitAll() throws InterruptedException {
        boolean complete = open.await(STRAGGLERS.toMillis(), TimeUnit.MILLISECONDS);
        if (!complete) {
            failures.addAndGet(open.getCount());
        }
    }

    Outcome outcome(double seconds) {
        LatencyRecorder ackToSeen = new LatencyRecorder();
        LatencyRecorder sentToSeen = new LatencyRecorder();
        LatencyRecorder sentToAck = new LatencyRecorder();
        long complete = 0;
        for (int i = 0; i < count; i++) {
            if (acknowledged.get(i) == 0 || seen.get(i) == 0) {
                continue;
            }
            complete++;
            ackToSeen.record(seen.get(i) - acknowledged.get(i));
            sentToSeen.record(seen.get(i) - sent.get(i));
            sentToAck.record(acknowledged.get(i) - sent.get(i));
        }
        return new Outcome(
                new Phase(complete / seconds, ackToSeen.total(), failures.get()),
                new Phase(complete / seconds, sentToSeen.total(), 0),
                new Phase(complete / seconds, sentToAck.total(), 0));
    }
}
