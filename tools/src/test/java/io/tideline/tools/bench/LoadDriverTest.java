package io.tideline.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LoadDriverTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void inFlight_operationsThatEndAtOnce_areAllCounted() {
        AtomicLong started = new AtomicLong();

        Phase phase = LoadDriver.inFlight(4, SHORT, (slot, random) -> {
            started.incrementAndGet();
            return CompletableFuture.completedFuture("done");
        });

        assertThat(started.get()).isPositive();
        assertThat(phase.operations()).isEqualTo(started.get());
        assertThat(phase.perSecond()).isGreaterThan(0);
        assertThat(phase.failures()).isZero();
    }

    @Test
    void inFlight_slots_areNeverExceededAndAllUsed() {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<Integer> slots = ConcurrentHashMap.newKeySet();
        ExecutorService answering = Executors.newSingleThreadExecutor();
        try {
            LoadDriver.inFlight(8, SHORT, (slot, random) -> {
                slots.add(slot);
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                return CompletableFuture.runAsync(underWay::decrementAndGet, answering);
            });
        } finally {
            answering.shutdown();
        }

        assertThat(most.get()).isBetween(1, 8);
        assertThat(slots).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(underWay.get()).isZero();
    }

    @Test
    void inFlight_operationsThatRunOver_countByTheTimeTheyTook() {
        ArrayDeque<CompletableFuture<String>> open = new ArrayDeque<>();
        Thread late = new Thread(() -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < 4 * SHORT.toNanos()) {
                Thread.onSpinWait();
            }
            open.forEach(future -> future.complete("late"));
        });

        Phase phase = LoadDriver.inFlight(3, SHORT, (slot, random) -> {
            CompletableFuture<String> future = new CompletableFuture<>();
            open.add(future);
            if (open.size() == 3) {
                late.start();
            }
            return future;
        });

        assertThat(phase.operations()).isEqualTo(3);
        assertThat(phase.perSecond()).isBetween(0.1, 3 / 0.2);
    }

    @Test
    void inFlight_someFail_areCountedApart() {
        AtomicLong started = new AtomicLong();

        Phase phase = LoadDriver.inFlight(
                2,
                SHORT,
                (slot, random) -> started.incrementAndGet() <= 5
                        ? CompletableFuture.failedFuture(new IllegalStateException("no"))
                        : CompletableFuture.completedFuture("done"));

        assertThat(phase.failures()).isEqualTo(5);
        assertThat(phase.operations()).isEqualTo(started.get() - 5);
    }

    @Test
    void inFlight_allFail_endsWithTheirCause() {
        assertThatThrownBy(() -> LoadDriver.inFlight(2, Duration.ofMinutes(1), (slot, random) -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(BenchFailedException.class)
                .hasRootCauseMessage("no");
    }

    @Test
    void callers_eachHaveTheirOwnOperation() {
        Set<Integer> callers = ConcurrentHashMap.newKeySet();
        AtomicLong done = new AtomicLong();

        Phase phase = LoadDriver.callers(3, SHORT, caller -> random -> {
            callers.add(caller);
            done.incrementAndGet();
        });

        assertThat(callers).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(phase.operations()).isEqualTo(done.get());
    }
}
