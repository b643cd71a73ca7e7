package io.tideline.tools.process;

import io.tideline.tools.TidelineCli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@code tideline simulate} on a thread of its own, with its progress to wait for: it tells of 20 steps. */
final class SimulationProcess implements AutoCloseable {
    private static final String DEMO = "../docs/demo/ubuntu.jsonl.gz";
    private static final String END = "end";
    private static final int STEP_PATIENCE_SECONDS = 180;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final StringWriter out = new StringWriter();
    private final Progress progress = new Progress();
    private final Future<Integer> run;
    private int steps;

    private SimulationProcess(List<String> arguments) {
        run = thread.submit(() -> {
            try {
                return TidelineCli.commandLine(new PrintWriter(out), new PrintWriter(progress))
                        .execute(arguments.toArray(String[]::new));
            } finally {
                progress.lines.add(END);
            }
        });
    }

    /** 48 devices over the first 300 events of the demo log. */
    static SimulationProcess start(String server, String app, String... options) {
        List<String> arguments = new ArrayList<>(List.of("simulate", DEMO, "-o", "json", "--server", server));
        arguments.addAll(List.of("--app", app, "--devices", "48", "--max-events", "300", "--threads", "8"));
        arguments.addAll(List.of(options));
        return new SimulationProcess(arguments);
    }

    /** Returns when the replay has come to the nth twentieth of its steps. */
    void awaitStep(int number) throws InterruptedException {
        while (steps < number) {
            String line = progress.lines.poll(STEP_PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.equals(END)) {
                throw new AssertionError((line == null ? "no step in time" : "over too early") + ": " + output());
            }
            steps += line.contains(": step ") ? 1 : 0;
        }
    }

    int exitCode(int patienceMinutes) throws Exception {
        return run.get(patienceMinutes, TimeUnit.MINUTES);
    }

    /** What it has reported and complained about. */
    String output() {
        return out + "\n" + String.join("\n", progress.all);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Takes lines apart. Written by one thread at a time. */
    private static final class Progress extends Writer {
        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final StringBuilder line = new StringBuilder();

        @Override
        public void write(char[] characters, int offset, int length) {
            line.append(characters, offset, length);
            for (int end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
                all.add(line.substring(0, end));
                lines.add(line.substring(0, end));
                line.delete(0, end + 1);
            }
        }

        @Override
        public void flush() {
            // Lines are taken as they come.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
