package io.tideline.tools.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop: so many operations are always under way, and the next one starts when one ends. A system that stalls is
 * therefore asked less while it stalls, and the percentiles are those of operations, not of points in time.
 */
final class LoadDriver {
    /** One slot that fails this often in a phase has no figures to give. */
    private static final int MAX_FAILURES_PER_SLOT = 20;

    private static final Duration STRAGGLERS = Duration.ofSeconds(90);

    /** Starts operation after operation without waiting. */
    interface AsyncOperation {
        /**
         * Starts one.
         *
         * @param slot which of those under way it is, from 0
         */
        CompletableFuture<?> start(int slot, SplittableRandom random);
    }

    /** Does operation after operation, for one caller. */
    interface BlockingOperation {
        void run(SplittableRandom random) throws Exception;

        /** What must be there before the operation, and is not measured. */
        default void prepare(SplittableRandom random) throws Exception {}
    }

    private LoadDriver() {}

    /**
     * Keeps {@code slots} operations under way. Each slot starts its next one on the thread that completed the one before,
     * so the generator adds no thread of its own.
     */
    static Phase inFlight(int slots, Duration duration, AsyncOperation operation) {
        LatencyRecorder recorder = new LatencyRecorder();
        CountDownLatch running = new CountDownLatch(slots);
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        SplittableRandom seeds = new SplittableRandom(start);
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            all.add(new Slot(i, seeds.split(), start, end, recorder, running));
        }
        all.forEach(slot -> slot.run(operation));
        awaitAll(running, duration);
        return phase(all, recorder);
    }

    /** Keeps as many threads busy as there are callers, each with an operation of its own. */
    static Phase callers(int callers, Duration duration, IntFunction<BlockingOperation> operations) {
        LatencyRecorder recorder = new LatencyRecorder();
        CountDownLatch running = new CountDownLatch(callers);
        List<BlockingOperation> each = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            each.add(operations.apply(i));
        }
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        SplittableRandom seeds = new SplittableRandom(start);
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Slot slot = new Slot(i, seeds.split(), start, end, recorder, running);
            all.add(slot);
            BlockingOperation operation = each.get(i);
            Thread thread = new Thread(() -> slot.call(operation), "bench-caller-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        awaitAll(running, duration);
        return phase(all, recorder);
    }

    private static void awaitAll(CountDownLatch running, Duration duration) {
        try {
            if (!running.await(duration.plus(STRAGGLERS).toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchFailedException(
                        running.getCount() + " operations have not ended " + STRAGGLERS + " after their phase");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailedException("interrupted", e);
        }
    }

    /**
     * The sum of what each slot has done by the time until its own last operation ended: operations that run over the end
     * of the phase are neither lost nor counted as if they had not.
     */
    private static Phase phase(List<Slot> slots, LatencyRecorder recorder) {
        double perSecond = 0;
        long failures = 0;
        Throwable failure = null;
        for (Slot slot : slots) {
            perSecond += slot.perSecond();
            failures += slot.failures;
            if (slot.failures >= MAX_FAILURES_PER_SLOT) {
                failure = slot.failure;
            }
        }
        if (failure != null) {
            throw new BenchFailedException("operations fail", failure);
        }
        return new Phase(perSecond, recorder.total(), failures);
    }

    /**
     * One operation after another. Plain fields: the end of an operation happens before the start of the slot's next one,
     * and the end of the last before the latch opens.
     */
    private static final class Slot {
        private final int index;
        private final SplittableRandom random;
        private final long begin;
        private final long end;
        private final LatencyRecorder recorder;
        private final CountDownLatch running;
        private long startNanos;
        private long lastEndNanos;
        private long done;
        private int failures;
        private @Nullable Throwable failure;

        Slot(
                int index,
                SplittableRandom random,
                long begin,
                long end,
                LatencyRecorder recorder,
                CountDownLatch running) {
            this.index = index;
            this.random = random;
            this.begin = begin;
            this.lastEndNanos = begin;
            this.end = end;
            this.recorder = recorder;
            this.running = running;
        }

        /** A loop where operations end at once, so that those do not grow the stack. */
        void run(AsyncOperation operation) {
            while (goesOn()) {
                CompletableFuture<?> started = started(operation);
                if (!started.isDone()) {
                    var unused = started.whenComplete((result, thrown) -> {
                        settle(thrown);
                        run(operation);
                    });
                    return;
                }
                settle(
                        started.isCompletedExceptionally()
                                ? started.handle((r, thrown) -> thrown).join()
                                : null);
            }
            running.countDown();
        }

        private CompletableFuture<?> started(AsyncOperation operation) {
            try {
                return operation.start(index, random);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        void call(BlockingOperation operation) {
            while (goesOn()) {
                try {
                    operation.prepare(random);
                    startNanos = System.nanoTime();
                    operation.run(random);
                    settle(null);
                } catch (Exception e) {
                    settle(e);
                }
            }
            running.countDown();
        }

        private boolean goesOn() {
            startNanos = System.nanoTime();
            return startNanos - end < 0 && failures < MAX_FAILURES_PER_SLOT;
        }

        private void settle(@Nullable Throwable thrown) {
            lastEndNanos = System.nanoTime();
            if (thrown != null) {
                failures++;
                failure = thrown;
                return;
            }
            recorder.record(lastEndNanos - startNanos);
            done++;
        }

        double perSecond() {
            return done == 0 ? 0 : done * 1e9 / (lastEndNanos - begin);
        }
    }
}
