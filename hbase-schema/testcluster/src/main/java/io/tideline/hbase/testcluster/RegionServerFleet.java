package io.tideline.hbase.testcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The region server processes. Used by one thread, except {@link #killAll}, which may come from a shutdown hook at any
 * time.
 */
final class RegionServerFleet {

    private static final int HEAP_MEGABYTES = 512;

    private final Path work;
    private final Path site;
    private final Map<Integer, Process> processes = new ConcurrentSkipListMap<>();
    private final Map<Integer, RegionServerProcess> started = new ConcurrentSkipListMap<>();
    private int nextIndex;

    /** {@code site} is the configuration file of the servers; it must be there when the first one is launched. */
    RegionServerFleet(Path work, Path site) {
        this.work = work;
        this.site = site;
    }

    /** Launches a process and returns its index at once. */
    int launch() throws IOException {
        int index = nextIndex++;
        processes.put(
                index,
                ServerJvm.start(
                        RegionServerMain.class.getName(),
                        List.of(site.toString()),
                        System.getProperty("java.class.path"),
                        HEAP_MEGABYTES,
                        work.resolve("logs/regionserver-" + index + ".log")));
        return index;
    }

    /** Waits until a launched process has bound its port; the limit on this wait is that of the test which asked. */
    RegionServerProcess awaitStarted(int index) throws IOException {
        Process process = process(index);
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null || !line.startsWith(RegionServerMain.STARTED)) {
            throw new IOException("region server " + index + " did not start, see its log");
        }
        int port = Integer.parseInt(line.substring(RegionServerMain.STARTED.length()));
        RegionServerProcess server = new RegionServerProcess(index, process.pid(), "localhost", port);
        started.put(index, server);
        return server;
    }

    List<RegionServerProcess> alive() {
        return started.values().stream()
                .filter(server -> isAlive(server.index()))
                .toList();
    }

    boolean isAlive(int index) {
        return process(index).isAlive();
    }

    void kill(int index) throws InterruptedException {
        process(index).destroyForcibly().waitFor();
    }

    void suspend(int index) throws IOException, InterruptedException {
        signal("-STOP", index);
    }

    void resume(int index) throws IOException, InterruptedException {
        signal("-CONT", index);
    }

    void killAll() {
        processes.values().forEach(Process::destroyForcibly);
    }

    private void signal(String signal, int index) throws IOException, InterruptedException {
        Process process = process(index);
        if (!process.isAlive()) {
            throw new IOException("region server " + index + " has ended");
        }
        int status = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill " + signal + ": status " + status);
        }
    }

    private Process process(int index) {
        Process process = processes.get(index);
        if (process == null) {
            throw new IllegalArgumentException("region server: " + index + " (expected: 0.." + (nextIndex - 1) + ")");
        }
        return process;
    }
}
