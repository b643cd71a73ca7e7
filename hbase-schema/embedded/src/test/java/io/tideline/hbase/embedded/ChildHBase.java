package io.tideline.hbase.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/** {@link EmbeddedHBaseMain} in a child process, on the test's own class path and with its JVM options. */
final class ChildHBase implements AutoCloseable {

    private static final String READY = "READY zookeeper=localhost:";

    private final Process process;
    private final Path directory;
    private final int zookeeperPort;

    private ChildHBase(Process process, Path directory, int zookeeperPort) {
        this.directory = directory;
        this.process = process;
        this.zookeeperPort = zookeeperPort;
    }

    /** Returns when the child has said that it is ready. */
    static ChildHBase start(Path directory) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(EmbeddedHBaseMain.class.getName(), "--dir", directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String line =
                    CompletableFuture.supplyAsync(() -> firstLine(process)).get(60, TimeUnit.SECONDS);
            return new ChildHBase(process, directory, Integer.parseInt(line.substring(READY.length())));
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static String firstLine(Process process) {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        try {
            String line = output.readLine();
            if (line == null || !line.startsWith(READY)) {
                throw new IllegalStateException("not ready: " + line);
            }
            return line;
        } catch (IOException e) {
            throw new IllegalStateException("no output", e);
        }
    }

    Configuration clientConfiguration() {
        return Settings.client(directory, zookeeperPort);
    }

    long pid() {
        return process.pid();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM; returns the exit code, or fails when the process needs more than five seconds. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            throw new AssertionError("still running five seconds after SIGTERM");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
