package io.tideline.tools.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A main class of ours in a JVM of its own, on this one's class path. Everything it prints goes to a file. */
final class ChildJvm implements AutoCloseable {
    private static final String LOGGING = "-Dlogback.configurationFile=io/tideline/tools/bench/child-logback.xml";
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final long STOP_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Path log;
    private final List<String> flags;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private ChildJvm(String name, Process process, Path log, List<String> flags) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.flags = flags;
    }

    /**
     * Starts it and returns at once.
     *
     * @param heap as {@code -Xmx} takes it
     * @param readyPrefix what the line that says it is ready begins with
     */
    static ChildJvm start(
            String name, Path directory, String heap, String readyPrefix, String mainClass, List<String> arguments)
            throws IOException {
        List<String> flags = flags(name, heap);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        Path log = directory.resolve(name + ".log");
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        ChildJvm child = new ChildJvm(name, process, log, flags);
        Thread reader = new Thread(() -> child.readOutput(readyPrefix), "bench-output-of-" + name);
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    /** What HBase reaches into on JDK 17 was opened for this JVM by its launcher; children need the same. */
    private static List<String> flags(String name, String heap) {
        List<String> flags = new ArrayList<>();
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add-") || argument.startsWith("-Dorg.apache.hbase.")) {
                flags.add(argument);
            }
        }
        if (flags.isEmpty()) {
            throw new BenchFailedException(
                    "this JVM has none of the --add-opens that HBase needs: start it as ./tideline does");
        }
        // Memstores live long, what a call leaves dies young: the collector that suits each.
        String collector = name.equals("hbase") ? "-XX:+UseG1GC" : "-XX:+UseParallelGC";
        flags.addAll(List.of("-Xms" + heap, "-Xmx" + heap, collector, LOGGING));
        return flags;
    }

    private void readOutput(String readyPrefix) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log.resolveSibling(name + ".out")), true)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                if (line.startsWith(readyPrefix)) {
                    ready.complete(line.substring(readyPrefix.length()).split(" ", 2)[0]);
                }
            }
            ready.completeExceptionally(new BenchFailedException(name + " has ended; see " + log));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** The word that follows the prefix on the line that says it is ready. */
    String awaitReady() throws InterruptedException {
        try {
            return ready.get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchFailedException(name + " did not start; see " + log, e);
        }
    }

    List<String> flags() {
        return List.copyOf(flags);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Asks it to end, and ends it when it does not. */
    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd()) {
            process.destroyForcibly();
            awaitEnd();
        }
    }

    private boolean awaitEnd() {
        try {
            return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
