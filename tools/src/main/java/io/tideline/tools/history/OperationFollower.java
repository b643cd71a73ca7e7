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
final class OperationFollower {
    private static final int BAR_COLUMNS = 110;

    private final ConnectionOptions connection;
    private final OutputOptions output;

    OperationFollower(ConnectionOptions connection, OutputOptions output) {
        this.connection = connection;
        this.output = output;
    }

    /** Starts; then waits, or prints what there is. */
    int start(StartOperationRequest request, boolean waits) {
        try (TidelineClient client = connection.open()) {
            Operation started = connection.await(client.operations().start(request));
            if (!waits) {
                output.document().print(OperationOutput.of(started));
                return ExitCode.OK;
            }
            output.err().println("tideline: operation " + started.getId());
            output.err().flush();
            return follow(client, started);
        }
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
        return at.getState() == Operation.State.SUCCEEDED ? ExitCode.OK : ExitCode.NEGATIVE;
    }

    private static boolean isFinished(Operation operation) {
        return operation.getState() == Operation.State.SUCCEEDED
                || operation.getState() == Operation.State.FAILED
                || operation.getState() == Operation.State.CANCELLED;
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
            bar.setExtraMessage(" " + operation.getStage());
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line for each stage, so that logs stay readable. */
    private static final class Lines implements Display {
        private final PrintWriter err;
        private String stage = "";

        Lines(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void show(Operation operation) {
            if (!operation.getStage().equals(stage)) {
                stage = operation.getStage();
                err.println("tideline: " + operation.getKind() + ": " + stage + ", " + operation.getDone());
                err.flush();
            }
        }

        @Override
        public void close() {}
    }
}
