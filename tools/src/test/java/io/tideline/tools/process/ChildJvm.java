package io.tideline.tools.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Java process on the test's own class path and with its JVM flags. What it writes to stderr stays in {@code
 * target/processes}; none outlives the test JVM's orderly end.
 */
final class ChildJvm implements AutoCloseable {
    private static final Path LOGS = Path.of("target", "processes");
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final Process process;
    private final Path errors;
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();

    private ChildJvm(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        Thread reader = new Thread(this::readOutput, "output-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static ChildJvm start(String mainClass, List<String> arguments) {
        return start(List.of(), mainClass, arguments);
    }

    static ChildJvm start(List<String> options, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Dorg.apache.hbase."))
                .forEach(command::add);
        // The quick compiler: these processes live for seconds and share the machine with each other.
        command.addAll(List.of("-Xmx640m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        // The product's own: that of tests, of which this class path may hold several, says so on stdout.
        command.add("-Dlogback.configurationFile=logback.xml");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        try {
            Files.createDirectories(LOGS);
            Path errors = LOGS.resolve(ProcessHandle.current().pid() + "-" + STARTED.incrementAndGet() + ".log");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            RUNNING.add(process);
            return new ChildJvm(process, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                firstLine.complete(line);
            }
        } catch (IOException e) {
            firstLine.completeExceptionally(e);
        }
        firstLine.completeExceptionally(new IllegalStateException("ended without output, see " + errors));
    }

    /** The first line on stdout. */
    String firstLine(long limitSeconds) throws Exception {
        try {
            return firstLine.get(limitSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no output in " + limitSeconds + " s, see " + errors, e);
        }
    }

    /** What was written to stderr so far, without the log: the lines that people are meant to read. */
    List<String> messages() throws IOException {
        return Files.readAllLines(errors).stream()
                .filter(line -> line.startsWith("tideline: "))
                .toList();
    }

    /** All of stderr. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the process to end by itself; returns its exit code. */
    int awaitExit(long limitSeconds) throws InterruptedException {
        if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + limitSeconds + " s, see " + errors);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }
}
