package io.tideline.hbase.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.hbase.schema.SchemaConfig;
import io.tideline.hbase.store.AppendLoad;
import io.tideline.hbase.store.HBaseStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HBase is killed while a client in this process appends. */
@Timeout(180)
final class StoreCrashIT {
    @TempDir
    private Path directory;

    @Test
    void append_serverKilledAndStartedAgain_losesAndDoublesNothingAndKnowsEveryId() throws Exception {
        ChildHBase first = ChildHBase.start(directory);
        try (HBaseStorage storage = open(first);
                AppendLoad load = new AppendLoad(storage.store(), 20, 8)) {
            load.awaitProgress(1_000);
            first.kill();
            try (ChildHBase second = ChildHBase.start(directory)) {
                load.awaitProgress(200);
                long stored = load.stopAndVerify();
                assertThat(stored).isGreaterThan(1_200);

                try (HBaseStorage restarted = open(second)) {
                    load.repeatEverything(restarted.store());
                }
                assertThat(load.stopAndVerify()).isEqualTo(stored);

                second.kill();
                CompletableFuture<AppendOutcome> underway = storage.store()
                        .append(
                                TimelineAppend.of(load.timeline(0), NewEntry.text("s", "m", "never answered")),
                                Deadline.after(Duration.ofMinutes(2)));
                storage.close();

                assertThat(underway)
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(OutcomeUnknownException.class);
            }
        } finally {
            first.close();
        }
    }

    private static HBaseStorage open(ChildHBase child) {
        return HBaseStorage.open(
                child.clientConfiguration(),
                SchemaConfig.embedded(),
                HBaseStorage.SchemaMode.CREATE,
                new MetricRegistry());
    }
}
