package io.tideline.store.archive;

import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.WorkFailedException;
import io.tideline.core.memory.InMemoryTimelineStore;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.operation.OperationState;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.SteppingClock;
import io.tideline.store.operation.ManualExecutor;
import io.tideline.store.operation.OperationConfig;
import io.tideline.store.operation.OperationService;
import io.tideline.store.operation.OperationWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArchiveHandlerTest {
    private static final OperationId ID = new OperationId("archive-1");
    private static final TimelineId ROOM = TimelineId.conversation("shop", "room");

    private final SteppingClock clock = new SteppingClock();
    private final InMemoryTimelineStore store = new InMemoryTimelineStore(clock, Duration.ofDays(7));
    private final ManualExecutor executor = new ManualExecutor(clock);
    private final ScriptedArchive archive = new ScriptedArchive();
    private final ArchiveHandler handler = new ArchiveHandler(archive);
    private final OperationWorker first =
            new OperationWorker(store, OperationConfig.named("first"), clock, List.of(handler), executor);
    private final OperationService service = new OperationService(store, clock, List.of(handler), id -> first.due(id));

    private Operation run(OperationRequest request) {
        done(service.start(ID, request, soon()));
        executor.advance(Duration.ofSeconds(1));
        return get();
    }

    private Operation get() {
        return done(service.get(ID, soon()));
    }

    private static ArchiveReport report(Map<String, Long> figures, String... problems) {
        return new ArchiveReport(figures, List.of(problems));
    }

    private static CompletableFuture<ArchiveReport> ended(ArchiveReport report) {
        return CompletableFuture.completedFuture(report);
    }

    @Test
    void run_isABatchOfTheOperationsName_andReportsFigures() {
        archive.next((task, progress) -> ended(report(Map.of("entries", 120L, "files", 2L))));

        Operation ended = run(ArchiveRequests.run(false));

        assertThat(archive.performed).containsExactly(new ArchiveTask.Run("archive-1", false));
        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(ended.report())
                .containsOnly(Map.entry("entries", "120"), Map.entry("files", "2"), Map.entry("problems", "0"));
        assertThat(ended.request().app()).isEmpty();
    }

    @Test
    void everyTask_travelsThroughItsRequest() {
        TimelineId personal = new TimelineId(new AppId("shop"), TimelineFamily.PERSONAL, "room/ann bob");
        List<ArchiveTask> tasks = List.of(
                new ArchiveTask.Run(ID.value(), true),
                new ArchiveTask.Verify(Optional.empty(), false),
                new ArchiveTask.Verify(Optional.of(personal), true),
                new ArchiveTask.Restore(ROOM, SequenceId.of(17), true),
                new ArchiveTask.Restore(personal, SequenceId.FIRST, false),
                new ArchiveTask.Expire(false),
                new ArchiveTask.Compact(true));
        List<OperationRequest> requests = List.of(
                ArchiveRequests.run(true),
                ArchiveRequests.verify(Optional.empty(), false),
                ArchiveRequests.verify(Optional.of(personal), true),
                ArchiveRequests.restore(ROOM, SequenceId.of(17), true),
                ArchiveRequests.restore(personal, SequenceId.FIRST, false),
                ArchiveRequests.expire(false),
                ArchiveRequests.compact(true));

        assertThat(requests.stream().map(request -> ArchiveRequests.task(ID, request)))
                .containsExactlyElementsOf(tasks);
        requests.forEach(handler::check);
    }

    @Test
    void check_badRequests_areRefused() {
        AppId shop = new AppId("shop");
        for (OperationRequest bad : List.of(
                new OperationRequest(ArchiveRequests.KIND, Optional.empty(), Map.of()),
                new OperationRequest(ArchiveRequests.KIND, Optional.empty(), Map.of("task", "burn")),
                new OperationRequest(ArchiveRequests.KIND, Optional.empty(), Map.of("task", "run", "dryRun", "maybe")),
                // An app's operators have no business with the installation's files.
                new OperationRequest(ArchiveRequests.KIND, Optional.of(shop), Map.of("task", "run")),
                new OperationRequest(ArchiveRequests.KIND, Optional.empty(), Map.of("task", "restore")),
                restore("CONVERSATION", "0"),
                restore("CONVERSATION", "first"),
                restore("CONVERSATION", "-4"),
                restore("DIARY", "1"))) {
            assertThatIllegalArgumentException().as(bad.toString()).isThrownBy(() -> handler.check(bad));
        }
        handler.check(restore("CONVERSATION", "1"));
    }

    private static OperationRequest restore(String family, String from) {
        return new OperationRequest(
                ArchiveRequests.KIND,
                Optional.empty(),
                Map.of(
                        "task",
                        "restore",
                        "timeline.app",
                        "shop",
                        "timeline.family",
                        family,
                        "timeline.name",
                        "room",
                        "from",
                        from));
    }

    @Test
    void anotherTaskAtWork_isTakenAgainUntilItIsDone() {
        archive.nextFails(new OverloadedException("another task is at work", Map.of(), null));
        archive.nextFails(new StorageUnavailableException("away", Map.of(), null));

        Operation ended = run(ArchiveRequests.run(false));
        assertThat(ended.state()).isEqualTo(OperationState.RUNNING);
        assertThat(ended.problem()).isEqualTo("tried again: STORAGE_UNAVAILABLE");
        executor.advance(Duration.ofSeconds(5));

        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(archive.performed).hasSize(3).containsOnly(new ArchiveTask.Run("archive-1", false));
    }

    @Test
    void workerDies_anotherRepeatsTheSameBatch() {
        archive.next((task, progress) -> new CompletableFuture<>());
        run(ArchiveRequests.run(false));
        ManualExecutor others = new ManualExecutor(clock);
        OperationWorker second =
                new OperationWorker(store, OperationConfig.named("second"), clock, List.of(handler), others);

        // The first process is killed: nothing of its executor runs any more.
        clock.step(Duration.ofSeconds(31));
        await(second.scan());
        others.advance(Duration.ofSeconds(5));

        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(get().claim().holder()).isEqualTo("second");
        assertThat(archive.performed)
                .containsExactly(new ArchiveTask.Run("archive-1", false), new ArchiveTask.Run("archive-1", false));
    }

    @Test
    void progress_isShownWhileItLasts() {
        CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
        archive.next((task, progress) -> {
            progress.at("copy", 40, 100);
            return end;
        });

        run(ArchiveRequests.run(false));
        executor.advance(Duration.ofSeconds(11));
        assertThat(get().progress()).isEqualTo(new OperationProgress("copy", 40, 100));

        end.complete(report(Map.of()));
        executor.advance(Duration.ofSeconds(1));
        assertThat(get().progress()).isEqualTo(new OperationProgress("done", 100, 100));
    }

    @Test
    void cancelled_theTaskHearsIt_andWhatItDidIsReported() {
        AtomicReference<Runnable> goOn = new AtomicReference<>(() -> {});
        archive.next((task, progress) -> {
            CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
            assertThat(progress.isStopRequested()).isFalse();
            goOn.set(() -> {
                assertThat(progress.isStopRequested()).isTrue();
                end.complete(report(Map.of("entries", 7L)));
            });
            return end;
        });
        run(ArchiveRequests.run(false));

        done(service.cancel(ID, soon()));
        // The worker learns of it when it renews its lease.
        executor.advance(Duration.ofSeconds(11));
        goOn.get().run();
        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.CANCELLED);
        assertThat(get().report()).containsEntry("entries", "7");
        assertThat(archive.performed).hasSize(1);
    }

    @Test
    void cancelled_aTaskThatBreaksOffWithAFailure_isCancelledToo() {
        AtomicReference<Runnable> goOn = new AtomicReference<>(() -> {});
        archive.next((task, progress) -> {
            CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
            goOn.set(() -> {
                assertThat(progress.isStopRequested()).isTrue();
                end.completeExceptionally(new CancellationException());
            });
            return end;
        });
        run(ArchiveRequests.compact(false));

        done(service.cancel(ID, soon()));
        executor.advance(Duration.ofSeconds(11));
        goOn.get().run();
        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void cancelledTooLate_theTaskThatCameToItsEndHasSucceeded() {
        CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
        archive.next((task, progress) -> end);
        run(ArchiveRequests.run(false));

        done(service.cancel(ID, soon()));
        executor.advance(Duration.ofSeconds(11));
        end.complete(report(Map.of("entries", 7L)));
        executor.advance(Duration.ofSeconds(1));

        assertThat(get().state()).isEqualTo(OperationState.SUCCEEDED);
    }

    @Test
    void badRangesAndBadFiles_endItWithTheReason() {
        archive.nextFails(new IllegalArgumentException("from: 900 (expected: 1..17)"));
        assertThat(run(ArchiveRequests.restore(ROOM, SequenceId.of(900), false)))
                .matches(ended -> ended.state() == OperationState.FAILED)
                .extracting(Operation::problem)
                .isEqualTo("from: 900 (expected: 1..17)");
    }

    @Test
    void aFileThatIsBroken_isNamed() {
        archive.nextFails(new CorruptDataException("the file is cut off", Map.of("file", "a-1.parquet"), null));

        Operation ended = run(ArchiveRequests.compact(false));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.problem()).startsWith("CORRUPT_DATA").contains("a-1.parquet");
    }

    @Test
    void aDiskThatIsFull_isNotTriedAgain() {
        archive.nextFails(new WorkFailedException("a job failed", Map.of("cause", "No space left on device"), null));

        Operation ended = run(ArchiveRequests.run(false));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.problem()).startsWith("WORK_FAILED").contains("No space left on device");
        assertThat(archive.performed).hasSize(1);
    }

    @Test
    void aTaskThatThrows_endsItAsWell() {
        archive.next((task, progress) -> {
            throw new IllegalArgumentException("from: 900 (expected: 1..17)");
        });

        assertThat(run(ArchiveRequests.run(false)).state()).isEqualTo(OperationState.FAILED);
    }

    @Test
    void verify_withFindings_hasFailed_otherTasksHaveNot() {
        archive.next(
                (task, progress) -> ended(report(Map.of("files", 3L), "a-1.parquet: checksum", "x".repeat(2_000))));

        Operation ended = run(ArchiveRequests.verify(Optional.empty(), false));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.report())
                .containsEntry("files", "3")
                .containsEntry("problems", "2")
                .containsEntry("problem.001", "a-1.parquet: checksum");
        assertThat(ended.report().get("problem.002")).hasSizeLessThan(600);
    }

    @Test
    void verify_moreFindingsThanAreNamed_areCounted() {
        archive.next((task, progress) -> ended(report(Map.of("files", 3L, "problems", 250L), "a-1.parquet: checksum")));

        Operation ended = run(ArchiveRequests.verify(Optional.empty(), false));

        assertThat(ended.report()).containsEntry("problems", "250").hasSize(3);
    }

    @Test
    void stoppedTask_thatFailsAsIfTheStorageWereAway_isCancelledToo() {
        AtomicReference<Runnable> goOn = new AtomicReference<>(() -> {});
        archive.next((task, progress) -> {
            CompletableFuture<ArchiveReport> end = new CompletableFuture<>();
            goOn.set(() -> {
                assertThat(progress.isStopRequested()).isTrue();
                end.completeExceptionally(new StorageUnavailableException("stopped", Map.of(), null));
            });
            return end;
        });
        run(ArchiveRequests.run(false));

        done(service.cancel(ID, soon()));
        executor.advance(Duration.ofSeconds(11));
        goOn.get().run();
        executor.advance(Duration.ofSeconds(5));

        assertThat(get().state()).isEqualTo(OperationState.CANCELLED);
        assertThat(archive.performed).hasSize(1);
    }

    @Test
    void run_withProblems_hasSucceededAndNamesTheFirstHundred() {
        String[] many = IntStream.range(0, 300).mapToObj(i -> "timeline " + i).toArray(String[]::new);
        archive.next((task, progress) -> ended(report(Map.of(), many)));

        Operation ended = run(ArchiveRequests.run(false));

        assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(ended.report()).containsEntry("problems", "300").hasSize(101);
    }
}
