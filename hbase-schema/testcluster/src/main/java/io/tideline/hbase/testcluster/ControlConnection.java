package io.tideline.hbase.testcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The line protocol seen from the test: one question, one answer, with a time limit. For one thread at a time. */
final class ControlConnection implements AutoCloseable {

    private static final String OK = "OK";

    private final Process control;
    private final BufferedReader output;
    private final Writer input;
    private final ExecutorService reader;

    ControlConnection(Process control) {
        this.control = control;
        this.output = control.inputReader(StandardCharsets.UTF_8);
        this.input = control.outputWriter(StandardCharsets.UTF_8);
        this.reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "testcluster-reader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Sends a command and returns what follows {@code OK}, which may be nothing. */
    String ask(String command, Duration limit) {
        try {
            input.write(command + "\n");
            input.flush();
        } catch (IOException e) {
            throw new IllegalStateException("the test cluster is gone: " + command, e);
        }
        String answer = readLine(limit);
        if (!answer.equals(OK) && !answer.startsWith(OK + " ")) {
            throw new IllegalStateException(command + ": " + answer);
        }
        return answer.substring(OK.length()).strip();
    }

    String readLine(Duration limit) {
        Future<String> line = reader.submit(output::readLine);
        try {
            String text = line.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (text == null) {
                throw new IllegalStateException("the test cluster has ended");
            }
            return text;
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer from the test cluster in " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the test cluster is gone", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the test cluster was asked", e);
        }
    }

    /** Ends the control process, which ends the region servers; by force if it does not within the limit. */
    void end(Duration limit) {
        try {
            input.close();
        } catch (IOException ignored) {
            // The process is gone already; what is left is to wait for it.
        }
        try {
            if (!control.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                control.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            control.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
