package io.tideline.hbase.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class AppendLaneTest {
    private static final int ROUNDS = 30_000;

    /** Two requests of one lane on their way at once could change places. */
    @Test
    void begin_whileAnAppendArrives_leavesOneRequestOnItsWay() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
        try {
            PendingAppend append = append();
            AppendBudget budget = new AppendBudget(Long.MAX_VALUE);
            AppendLanes lanes = new AppendLanes(
                    batch -> {
                        sent.incrementAndGet();
                        return new CompletableFuture<>();
                    },
                    RegionMap.whole(),
                    () -> CompletableFuture.completedFuture(RegionMap.whole()),
                    budget,
                    new Pauses(threads),
                    new StoreMetrics(new MetricRegistry(), budget));
            AtomicReference<AppendLane> turn = new AtomicReference<>();
            Future<?> beginner = threads.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    awaitTurn(turn, true);
                    turn.get().begin();
                    turn.set(null);
                }
                return null;
            });
            for (int round = 0; round < ROUNDS; round++) {
                sent.set(0);
                AppendLane lane = new AppendLane(lanes, true);
                lane.offer(append);
                turn.set(lane);
                lane.offer(append);
                awaitTurn(turn, false);
                lane.offer(append);

                assertThat(sent).as("requests of round %s", round).hasValue(1);
            }
            beginner.get(20, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // the two shall meet within nanoseconds, on one busy core as well as on two
    private static void awaitTurn(AtomicReference<AppendLane> turn, boolean present) {
        while ((turn.get() != null) != present) {
            Thread.yield();
        }
    }

    private static PendingAppend append() {
        return new PendingAppend(
                TimelineAppend.of(TimelineId.conversation("app", "t"), NewEntry.text("s", "m", "")),
                Deadline.after(Duration.ofMinutes(1)));
    }
}
