package io.tideline.hbase.archive;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How late files may be: what is due and in none has become so after the last run made its plan, whichever server's run that
 * was, but for what it had to leave. Counting what is due would take a plan. Thread safe.
 */
final class ArchiveLag {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveLag.class);

    private final Catalog catalog;
    private final InstantSource clock;
    private volatile Optional<Catalog.LastRun> last = Optional.empty();

    ArchiveLag(Catalog catalog, InstantSource clock, MetricRegistry metrics) {
        this.catalog = catalog;
        this.clock = clock;
        metrics.gauge("archive.lag.seconds", () -> this::seconds);
        metrics.gauge("archive.left.timelines", () -> this::left);
    }

    /** Asks the catalog. Blocks. */
    void refresh() {
        try {
            last = catalog.state().lastRun();
        } catch (IOException | RuntimeException e) {
            LOG.debug("the archive's last run is not known anew", e);
        }
    }

    /** 0 as long as no run has ended. */
    long seconds() {
        return last.map(run -> Math.max(
                        0, Duration.between(run.planned(), clock.instant()).toSeconds()))
                .orElse(0L);
    }

    private long left() {
        return last.map(Catalog.LastRun::left).orElse(0L);
    }
}
