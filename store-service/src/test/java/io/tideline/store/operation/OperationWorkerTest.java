package io.tideline.store.operation;

import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.refusal;
import static io.tideline.store.Messaging.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.WorkFailedException;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.timeline.AppId;
import io.tideline.store.Refusal;
import io.tideline.store.SteppingClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OperationWorkerTest {
    private static final AppId APP = new AppId("shop");
    private static final OperationId ID = new OperationId("op-1");

    private final SteppingClock clock = new SteppingClock();
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(clock, Duration.ofDays(7));
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final Counting counting = new Counting();
    private final OperationWorker first = worker("first");
    private final OperationWorker second = worker("second");
    private final OperationService service = new OperationService(store, clock, List.of(counting), id -> first.due(id));

    /** Counts to what it is asked for, a number a step; its steps can be made to hang or fail. */
    private static final class Counting implements OperationHandler {
        private final List<Long> counted = new ArrayList<>();
        private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
        private boolean cancellable = true;
        private int failNext;
        private @Nullable RuntimeException breakNext;

        @Override
        public String kind() {
            return "count";
        }

        @Override
        public void check(OperationRequest request) {
            if (Long.parseLong(request.field("to")) < 1) {
                throw new IllegalArgumentException("to: not positive (expected: 1 or more)");
            }
        }

        @Override
        public boolean cancellable() {
            return cancellable;
        }

        @Override
        public CompletableFuture<OperationStep> step(Operation operation, Control control) {
            long at = Long.parseLong(operation.checkpoint().getOrDefault("at", "0")) + 1;
            long to = Long.parseLong(operation.request().field("to"));
            if (failNext > 0) {
                failNext--;
                return CompletableFuture.failedFuture(new StorageUnavailableException("away", Map.of(), null));
            }
            if (breakNext != null) {
                throw breakNext;
            }
            control.progress(new OperationProgress("counting", at, to));
            return gate.thenApply(open -> {
                counted.add(at);
                OperationProgress progress = new OperationProgress("counting", at, to);
                Map<String, String> report = Map.of("counted", Long.toString(at));
                return at == to
                        ? new OperationStep.Done(progress, report)
                        : new OperationStep.More(
                                progress, Map.of("at", Long.toString(at)), report, Duration.ofMillis(at % 2));
            });
        }
    }

    private OperationWorker worker(String name) {
        return new OperationWorker(store, OperationConfig.named(name), clock, List.of(counting), executor);
    }

    private static OperationRequest request(long to) {
        return new OperationRequest("count", Optional.of(APP), Map.of("to", Long.toString(to)));
    }

    private Operation start(long to) {
        return done(service.start(ID, request(to), soon()));
    }

    private Operation get() {
        return done(service.get(ID, soon()));
    }

    @Test
    void start_runsToTheEnd() {
        assertThat(start(5).state()).isEqualTo(OperationState.PENDING);

        executor.advance(Duration.ofSeconds(1));

        assertThat(counting.counted).containsExactly(1L, 2L, 3L, 4L, 5L);
        Operation ended = get();
        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(ended.report()).containsEntry("counted", "5");
        assertThat(ended.progress()).isEqualTo(new OperationProgress("counting", 5, 5));
    }

    @Test
    void start_again_isTheSameOperation() {
        start(2);
        executor.advance(Duration.ofSeconds(1));

        Operation again = start(2);

        executor.advance(Duration.ofSeconds(10));
        assertThat(again.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(counting.counted).containsExactly(1L, 2L);
        assertThat(refusal(service.start(ID, request(3), soon()))).isEqualTo(Refusal.OPERATION_CONFLICT);
    }

    @Test
    void start_badRequest_leavesNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> service.start(ID, request(0), soon()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> service.start(ID, new OperationRequest("fly", Optional.empty(), Map.of()), soon()));
        assertThat(refusal(service.get(ID, soon()))).isEqualTo(Refusal.OPERATION_NOT_FOUND);
    }

    @Test
    void workerDies_anotherGoesOnFromTheCheckpoint() {
        start(4);
        executor.runReady();
        assertThat(counting.counted).containsExactly(1L);
        ManualExecutor others = new ManualExecutor(clock);
        OperationWorker survivor =
                new OperationWorker(store, OperationConfig.named("third"), clock, List.of(counting), others);

        // The first process is killed: nothing of its executor runs any more.
        await(survivor.scan());
        others.advance(Duration.ofSeconds(5));
        assertThat(counting.counted).containsExactly(1L);
        clock.step(Duration.ofSeconds(31));
        await(survivor.scan());
        others.advance(Duration.ofSeconds(5));

        assertThat(counting.counted).containsExactly(1L, 2L, 3L, 4L);
        assertThat(get().claim().holder()).isEqualTo("third");
        assertThat(get().claim().fence()).isEqualTo(2);
    }

    @Test
    void longStep_keepsItsLease_andTellsItsProgress() {
        counting.gate = new CompletableFuture<>();
        start(3);
        executor.advance(Duration.ofMinutes(5));

        await(second.scan());
        executor.advance(Duration.ofSeconds(1));

        Operation running = get();
        assertThat(running.claim().holder()).isEqualTo("first");
        assertThat(running.claim().until()).isAfter(clock.instant());
        assertThat(running.progress().done()).isEqualTo(1);
        counting.gate.complete(null);
        executor.advance(Duration.ofSeconds(1));
        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(counting.counted).containsExactly(1L, 2L, 3L);
    }

    @Test
    void lostLease_stopsTheOneWhoLostIt() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        counting.gate = gate;
        start(3);
        executor.runReady();
        ManualExecutor others = new ManualExecutor(clock);
        OperationWorker survivor =
                new OperationWorker(store, OperationConfig.named("third"), clock, List.of(counting), others);
        clock.step(Duration.ofSeconds(31));
        counting.gate = CompletableFuture.completedFuture(null);
        await(survivor.scan());
        others.advance(Duration.ofSeconds(1));
        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);

        gate.complete(null);
        executor.advance(Duration.ofSeconds(60));

        // The late step was taken, but nothing of it was written, and no further one is.
        assertThat(counting.counted).containsExactly(1L, 2L, 3L, 1L);
        assertThat(get().claim().holder()).isEqualTo("third");
    }

    @Test
    void failingStep_isTakenAgain() {
        counting.failNext = 3;
        start(2);

        executor.advance(Duration.ofMillis(400));
        assertThat(get().problem()).isEqualTo("tried again: STORAGE_UNAVAILABLE");
        executor.advance(Duration.ofSeconds(10));

        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(get().problem()).isEmpty();
    }

    @Test
    void brokenStep_endsTheOperation() {
        counting.breakNext = new IllegalStateException("broken");
        start(2);

        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.FAILED);
        assertThat(get().problem()).isEqualTo("IllegalStateException");
        assertThat(refusal(service.cancel(ID, soon()))).isEqualTo(Refusal.OPERATION_FINISHED);
    }

    @Test
    void stepThatTimeDoesNotHeal_endsTheOperationWithItsText() {
        counting.breakNext = new WorkFailedException("the disk is full", Map.of("cause", "no space"), null);
        start(2);

        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.FAILED);
        assertThat(get().problem()).isEqualTo("WORK_FAILED: the disk is full {cause=no space}");
    }

    @Test
    void cancel_pending_isAtOnce() {
        start(2);

        assertThat(done(service.cancel(ID, soon())).state()).isEqualTo(OperationState.CANCELLED);

        executor.advance(Duration.ofSeconds(10));
        assertThat(counting.counted).isEmpty();
        assertThat(done(service.cancel(ID, soon())).state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void cancel_running_endsAfterTheStep() {
        counting.gate = new CompletableFuture<>();
        start(5);
        executor.runReady();

        assertThat(done(service.cancel(ID, soon())).cancelRequested()).isTrue();
        counting.gate.complete(null);
        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.CANCELLED);
        assertThat(counting.counted).containsExactly(1L);
        assertThat(get().report()).containsEntry("counted", "1");
    }

    @Test
    void cancel_begunAndNotCancellable_isRefused() {
        counting.cancellable = false;
        counting.gate = new CompletableFuture<>();
        start(2);
        executor.runReady();

        assertThat(refusal(service.cancel(ID, soon()))).isEqualTo(Refusal.OPERATION_NOT_CANCELLABLE);
    }

    @Test
    void running_isBounded_andTheRestFollows() {
        counting.gate = new CompletableFuture<>();
        for (int i = 0; i < 5; i++) {
            done(service.start(new OperationId("op-" + i), request(1), soon()));
        }
        executor.runReady();

        assertThat(states().stream().filter(state -> state == OperationState.RUNNING))
                .hasSize(2);
        counting.gate.complete(null);
        executor.advance(Duration.ofSeconds(1));
        assertThat(states()).containsOnly(OperationState.SUCCEEDED);
    }

    private List<OperationState> states() {
        return await(service.list(Optional.of(APP), false, Optional.empty(), 100, soon())).operations().stream()
                .map(Operation::state)
                .toList();
    }

    @Test
    void list_isPagedAndFiltered() {
        for (int i = 0; i < 7; i++) {
            done(service.start(new OperationId("op-" + i), request(1), soon()));
        }
        executor.advance(Duration.ofSeconds(1));
        done(service.start(new OperationId("waiting"), request(1), soon()));

        OperationPage page = await(service.list(Optional.empty(), false, Optional.empty(), 5, soon()));
        OperationPage rest = await(service.list(Optional.empty(), false, page.next(), 5, soon()));

        assertThat(page.operations()).hasSize(5);
        assertThat(rest.operations()).hasSize(3);
        assertThat(rest.next()).isEmpty();
        assertThat(await(service.list(Optional.of(APP), true, Optional.empty(), 5, soon()))
                        .operations())
                .hasSize(1);
        assertThat(await(service.list(Optional.of(new AppId("other")), false, Optional.empty(), 5, soon()))
                        .operations())
                .isEmpty();
    }

    @Test
    void finished_areForgottenAfterTheirTime() {
        start(1);
        executor.advance(Duration.ofSeconds(1));

        clock.step(Duration.ofDays(29));
        await(first.scan());
        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        clock.step(Duration.ofDays(2));
        await(first.scan());

        assertThat(refusal(service.get(ID, soon()))).isEqualTo(Refusal.OPERATION_NOT_FOUND);
    }

    @Test
    void close_letsOthersGoOnAtOnce() {
        counting.gate = new CompletableFuture<>();
        start(3);
        executor.runReady();

        first.close();
        counting.gate.complete(null);
        executor.runReady();
        executor.advance(Duration.ofMillis(10));
        await(second.scan());
        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(get().claim().holder()).isEqualTo("second");
        assertThat(counting.counted).containsExactly(1L, 2L, 3L);
    }
}
