package io.tideline.sync.watch;

import static io.tideline.sync.watch.WatchFixture.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.store.AppendOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real threads: appends, acknowledgements and pages complete on different ones, and out of order. */
final class WatchConcurrencyTest {
    private static final int APPENDERS = 4;
    private static final int APPENDS_EACH = 1500;
    private static final long TOTAL = (long) APPENDERS * APPENDS_EACH;

    private final ExecutorService storeThreads = Executors.newFixedThreadPool(3);
    private final ExecutorService appenders = Executors.newFixedThreadPool(APPENDERS);
    private final ScheduledExecutorService hubThreads = Executors.newScheduledThreadPool(3);

    @AfterEach
    void stopThreads() {
        appenders.shutdownNow();
        hubThreads.shutdownNow();
        storeThreads.shutdownNow();
    }

    @ParameterizedTest(name = "{0} watches, seed {1}")
    @CsvSource({"1, 1", "5, 2", "5, 3", "40, 4", "200, 5"})
    void appendersAndWatches_onManyThreads_everyWatchSeesEverySeqOnce(int watches, long seed) throws Exception {
        InMemoryTimelineStore memory = new InMemoryTimelineStore(() -> Instant.EPOCH, Duration.ofHours(1));
        WatchConfig config = WatchConfig.DEFAULT.withBounds(50, 5000).withPollInterval(Duration.ofMillis(20));
        List<RecordingListener> listeners = new ArrayList<>();
        List<CompletableFuture<Void>> done = new ArrayList<>();
        try (WatchHub hub = new WatchHub(onOtherThreads(memory), config, hubThreads, new MetricRegistry())) {
            List<CompletableFuture<Void>> appending = new ArrayList<>();
            for (int i = 0; i < APPENDERS; i++) {
                int appender = i;
                TimelineStore through = i == 0 ? memory : hub.publishing();
                appending.add(CompletableFuture.runAsync(() -> appendAll(through, appender), appenders));
            }
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < watches; i++) {
                listeners.add(new RecordingListener());
                done.add(startWatch(hub, listeners.get(i), random.split()));
            }
            CompletableFuture.allOf(appending.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        }

        assertThat(listeners).allSatisfy(listener -> assertThat(listener.faults).isEmpty());
    }

    private static void appendAll(TimelineStore through, int appender) {
        for (int n = 0; n < APPENDS_EACH; n++) {
            NewEntry entry = NewEntry.text("sender" + appender, "m" + n, "hello");
            through.append(TimelineAppend.of(ROOM, entry), WatchFixture.deadline())
                    .join();
        }
    }

    /** Some deliveries make the listener unready; another thread readies it again. */
    private CompletableFuture<Void> startWatch(WatchHub hub, RecordingListener listener, SplittableRandom random) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Watch> watch = new CompletableFuture<>();
        listener.afterDelivery = seq -> {
            if (seq == TOTAL) {
                done.complete(null);
            } else if (random.nextInt(10) == 0) {
                listener.ready = false;
                var unused = hubThreads.schedule(
                        () -> readyAgain(listener, watch), random.nextInt(20), TimeUnit.MILLISECONDS);
            }
        };
        watch.complete(hub.watch(ROOM, SequenceId.FIRST, SequenceId.NONE, listener));
        return done;
    }

    private static void readyAgain(RecordingListener listener, CompletableFuture<Watch> watch) {
        listener.ready = true;
        var unused = watch.thenAccept(Watch::resume);
    }

    private TimelineStore onOtherThreads(TimelineStore store) {
        return new TimelineStore() {
            @Override
            public CompletableFuture<AppendOutcome> append(TimelineAppend append, Deadline deadline) {
                return store.append(append, deadline).thenApplyAsync(outcome -> outcome, storeThreads);
            }

            @Override
            public CompletableFuture<TimelinePage> read(ReadQuery query, Deadline deadline) {
                return CompletableFuture.supplyAsync(
                        () -> store.read(query, deadline).join(), storeThreads);
            }

            @Override
            public CompletableFuture<Map<TimelineId, Head>> heads(List<HeadQuery> queries, Deadline deadline) {
                return CompletableFuture.supplyAsync(
                        () -> store.heads(queries, deadline).join(), storeThreads);
            }
        };
    }
}
