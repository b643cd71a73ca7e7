package io.tideline.store.archive;

import io.tideline.core.archive.Archive;
import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.TidelineException;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationId;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationStep;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Does tasks of the archive. The report has the task's figures by their names, the number of {@code problems}, and each of
 * them as {@code problem.001} and so on. A verification that has found any ends as failed.
 *
 * <p>While another task is at work the step is taken again and again, as for a storage that is away.
 */
public final class ArchiveHandler implements OperationHandler {
    private static final OperationId ANY = new OperationId("any");
    private static final String PROBLEMS = "problems";
    private static final int MAX_PROBLEM_CHARS = 500;

    private final Archive archive;

    public ArchiveHandler(Archive archive) {
        this.archive = archive;
    }

    @Override
    public String kind() {
        return ArchiveRequests.KIND;
    }

    @Override
    public void check(OperationRequest request) {
        ArchiveRequests.task(ANY, request);
    }

    @Override
    public CompletableFuture<OperationStep> step(Operation operation, Control control) {
        ArchiveTask task = ArchiveRequests.task(operation.id(), operation.request());
        Told told = new Told(control);
        return perform(task, told)
                .thenApply(report -> ended(task, report, told))
                .exceptionallyCompose(failure -> failed(unwrap(failure), operation.report(), told));
    }

    private CompletableFuture<ArchiveReport> perform(ArchiveTask task, ArchiveProgress progress) {
        try {
            return archive.perform(task, progress);
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private static OperationStep ended(ArchiveTask task, ArchiveReport found, Told told) {
        Map<String, String> report = report(found);
        if (told.stopped()) {
            // Whether it has come to its end nobody knows: who takes it next finds out.
            return new OperationStep.More(told.progress(), Map.of(), report, Duration.ZERO);
        }
        return task instanceof ArchiveTask.Verify && problems(found) > 0
                ? new OperationStep.Failed("the report names what was found", report)
                : new OperationStep.Done(told.done(), report);
    }

    private static CompletableFuture<OperationStep> failed(Throwable failure, Map<String, String> before, Told told) {
        if (told.stopped() && !(failure instanceof TidelineException)) {
            return CompletableFuture.completedFuture(
                    new OperationStep.More(told.progress(), Map.of(), before, Duration.ZERO));
        }
        if (failure instanceof IllegalArgumentException) {
            return CompletableFuture.completedFuture(
                    new OperationStep.Failed(cut(String.valueOf(failure.getMessage())), before));
        }
        if (failure instanceof TidelineException known && !known.retryable()) {
            String problem = known.reason() + ": " + known.getMessage();
            return CompletableFuture.completedFuture(new OperationStep.Failed(cut(problem), before));
        }
        return CompletableFuture.failedFuture(failure);
    }

    private static Map<String, String> report(ArchiveReport found) {
        Map<String, String> report = new TreeMap<>();
        found.figures().forEach((name, value) -> report.put(name, value.toString()));
        report.put(PROBLEMS, Long.toString(problems(found)));
        List<String> problems = found.problems();
        for (int i = 0; i < Math.min(problems.size(), ArchiveReport.MAX_PROBLEMS); i++) {
            report.put(String.format(Locale.ROOT, "problem.%03d", i + 1), cut(problems.get(i)));
        }
        return report;
    }

    /** There may be more than are named. */
    private static long problems(ArchiveReport found) {
        return Math.max(
                found.figures().getOrDefault(PROBLEMS, 0L), found.problems().size());
    }

    private static String cut(String text) {
        return text.length() <= MAX_PROBLEM_CHARS ? text : text.substring(0, MAX_PROBLEM_CHARS) + "…";
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** What the task tells and asks; remembers the last of both. */
    private static final class Told implements ArchiveProgress {
        private final Control control;
        private volatile OperationProgress last = OperationProgress.NONE;
        private volatile boolean heardStop;

        Told(Control control) {
            this.control = control;
        }

        @Override
        public void at(String stage, long done, long total) {
            last = new OperationProgress(stage, Math.max(0, done), Math.max(0, total));
            control.progress(last);
        }

        @Override
        public boolean isStopRequested() {
            boolean stop = control.isStopRequested();
            if (stop) {
                heardStop = true;
            }
            return stop;
        }

        /** Whether the task was asked to end and knows it. */
        boolean stopped() {
            return heardStop;
        }

        OperationProgress progress() {
            return last;
        }

        OperationProgress done() {
            long units = Math.max(last.done(), last.total());
            return new OperationProgress("done", units, units);
        }
    }
}
