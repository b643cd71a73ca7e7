package io.tideline.tools.history;

import io.tideline.api.v1.Operation;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.WaitOperationRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ConnectionOptions;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.OutputOptions;
import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Starts an operation, shows how far it is, and prints it when it has ended. Leaving off does not end it. */
public final class OperationFollower {
    private static final int BAR_COLUMNS = 110;

    private final ConnectionOptions connection;
    private final OutputOptions output;

    public OperationFollower(ConnectionOptions connection, OutputOptions output) {
        this.connection = connection;
        this.output = output;
    }

    /** Starts; then waits, or prints what there is. */
    int start(StartOperationRequest request, boolean waits) {
        try (TidelineClient client = connection.open()) {
            return begun(client, connection.await(client.operations().start(request)), waits);
        }
    }

    /** Waits for the end of what was started, or prints what there is. The exit code says how it has ended. */
    public int begun(TidelineClient client, Operation started, boolean waits) {
        if (!waits) {
            output.document().print(OperationOutput.of(started));
            return ExitCode.OK;
        }
        output.err().println("tideline: operation " + started.getId());
        output.err().flush();
        return follow(client, started);
    }

    int follow(TidelineClient client, Operation begun) {
        Operation at = begun;
        // Set by the launcher: Java cannot tell whether stderr is a terminal.
        try (Display display =
                Boolean.getBoolean("tideline.terminal") ? new Bar(begun.getKind()) : new Lines(output.err())) {
            display.show(at);
            while (!isFinished(at)) {
                at = connection.await(client.operations()
                        .await(WaitOperationRequest.newBuilder()
                                .setOperationId(at.getId())
                                .setSeen(at.getUpdateTime())
                                .build()));
                display.show(at);
            }
        }
        output.document().print(OperationOutput.of(at));
        return at.getState() == Operation.State.SUCCEEDED && !foundProblems(at) ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    /** Whether it came to its end and found something on the way that somebody should look at. */
    private static boolean foundProblems(Operation operation) {
        return !operation.getReportOrDefault("problems", "0").equals("0");
    }

    private static boolean isFinished(Operation operation) {
        return operation.getState() == Operation.State.SUCCEEDED
                || operation.getState() == Operation.State.FAILED
                || operation.getState() == Operation.State.CANCELLED;
    }

    /** What is being done, and what keeps it from being done. */
    private static String now(Operation operation) {
        return operation.getProblem().isEmpty()
                ? operation.getStage()
                : operation.getStage() + " (" + operation.getProblem() + ")";
    }

    private interface Display extends AutoCloseable {
        void show(Operation operation);

        @Override
        void close();
    }

    private static final class Bar implements Display {
        private final ProgressBar bar;

        Bar(String kind) {
            bar = new ProgressBarBuilder()
                    .setTaskName(kind)
                    .setInitialMax(-1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, BAR_COLUMNS))
                    .build();
        }

        @Override
        public void show(Operation operation) {
            bar.maxHint(operation.getTotal() == 0 ? -1 : operation.getTotal());
            bar.stepTo(operation.getDone());
            bar.setExtraMessage(" " + now(operation));
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line for each stage and trouble, so that logs stay readable. */
    private static final class Lines implements Display {
        private final PrintWriter err;
        private String shown = "";

        Lines(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void show(Operation operation) {
            if (!now(operation).equals(shown)) {
                shown = now(operation);
                err.println("tideline: " + operation.getKind() + ": " + shown + ", " + operation.getDone());
                err.flush();
            }
        }

        @Override
        public void close() {}
    }
}
