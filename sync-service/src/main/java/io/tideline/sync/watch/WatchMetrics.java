package io.tideline.sync.watch;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;

/**
 * What operators see of the watches of this process.
 *
 * @param active {@code watch.active}: watches now
 * @param liveEntries {@code watch.live.entries}: entries delivered from an append without a read, once per watch
 * @param reads {@code watch.reads}: pages asked of the store, for replay and for catching up
 * @param readFailures {@code watch.read.failures}: pages that were answered with a failure, once per watch
 * @param overflows {@code watch.buffer.overflows}: live buffers dropped because a listener was too slow
 * @param polls {@code watch.poll.time}: how long a look at all heads takes
 * @param pollFailures {@code watch.poll.failures}: looks at heads that failed
 * @param hinted {@code watch.hinted}: watched timelines whose head was looked at because another server said it moved
 * @param hintFailures {@code watch.hint.failures}: looks at heads after hints that failed
 */
record WatchMetrics(
        Counter active,
        Meter liveEntries,
        Meter reads,
        Meter readFailures,
        Meter overflows,
        Timer polls,
        Meter pollFailures,
        Meter hinted,
        Meter hintFailures) {
    static WatchMetrics in(MetricRegistry registry) {
        return new WatchMetrics(
                registry.counter("watch.active"),
                registry.meter("watch.live.entries"),
                registry.meter("watch.reads"),
                registry.meter("watch.read.failures"),
                registry.meter("watch.buffer.overflows"),
                registry.timer("watch.poll.time"),
                registry.meter("watch.poll.failures"),
                registry.meter("watch.hinted"),
                registry.meter("watch.hint.failures"));
    }
}
