package io.tideline.hbase.archive;

import static io.tideline.core.store.TimelineProbe.await;
import static io.tideline.core.store.TimelineProbe.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.hbase.embedded.EmbeddedHBase;
import io.tideline.hbase.embedded.EmbeddedHBaseConfig;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known, without a plan, of how late files may be. */
final class ArchiveLagIT {
    @TempDir
    static Path directory;

    private static EmbeddedHBase hbase;

    @BeforeAll
    static void start() {
        hbase = EmbeddedHBase.start(EmbeddedHBaseConfig.on(directory.resolve("hbase")));
    }

    @AfterAll
    static void stop() {
        hbase.close();
    }

    private static Object gauge(MetricRegistry metrics, String name) {
        Gauge<?> gauge = metrics.getGauges().get(name);
        assertThat(gauge).as(name).isNotNull();
        return gauge.getValue();
    }

    @Test
    void lag_isCountedFromTheLastRunThatCameToItsEnd_whicheverServersItWas() throws Exception {
        try (Installation installation =
                new Installation(hbase, "lag", directory.resolve("lag").toUri().toString())) {
            Instant[] now = {Instant.parse("2026-11-21T12:00:00Z")};
            MetricRegistry metrics = new MetricRegistry();
            ArchiveLag lag = new ArchiveLag(installation.catalog(), () -> now[0], metrics);
            lag.refresh();
            assertThat(gauge(metrics, "archive.lag.seconds")).isEqualTo(0L);

            installation.perform(new ArchiveTask.Run("nothing-due", false));
            Instant empty = await(installation.archive().status(soon())).lastRun();
            installation.archived("room", 20);
            Instant ran = await(installation.archive().status(soon())).lastRun();
            // Neither looks what is due.
            installation.perform(new ArchiveTask.Run("batch-room", false));
            installation.perform(new ArchiveTask.Compact(false));
            lag.refresh();
            now[0] = ran.plusSeconds(3_600);

            assertThat(empty).isAfter(Instant.EPOCH);
            assertThat(ran).isAfter(empty);
            assertThat(await(installation.archive().status(soon())).lastRun()).isEqualTo(ran);
            assertThat(gauge(metrics, "archive.lag.seconds")).isEqualTo(3_600L);
            assertThat(gauge(metrics, "archive.left.timelines")).isEqualTo(0L);

            assertThat(installation.catalog().ran(installation.catalog().state().fence(), new Catalog.LastRun(ran, 2)))
                    .isTrue();
            lag.refresh();
            assertThat(gauge(metrics, "archive.left.timelines")).isEqualTo(2L);
        }
    }
}
