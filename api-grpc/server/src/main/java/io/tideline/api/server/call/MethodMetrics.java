package io.tideline.api.server.call;

import com.codahale.metrics.Counter;
import com.codahale.metrics.LockFreeExponentiallyDecayingReservoir;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;

/**
 * One method's figures: timer {@code api.<Method>} (all calls, or the items of a stream) and counter
 * {@code api.<Method>.failed}.
 */
public final class MethodMetrics {
    private final Timer timer;
    private final Counter failed;

    public MethodMetrics(MetricRegistry registry, String method) {
        // The default reservoir takes a lock at every update.
        this.timer = registry.timer(
                "api." + method,
                () -> new Timer(LockFreeExponentiallyDecayingReservoir.builder().build()));
        this.failed = registry.counter("api." + method + ".failed");
    }

    /** Counts what began at {@code startedNanos} of {@link System#nanoTime()}. */
    public void record(long startedNanos, boolean ok) {
        timer.update(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
        if (!ok) {
            failed.inc();
        }
    }
}
