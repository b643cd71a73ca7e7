package io.tideline.tools.bench;

import io.tideline.hbase.embedded.EmbeddedHBaseMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * HBase and the Tideline server, each in a process of its own, unless they run already. What was started ends with
 * {@link #close}, and with this JVM when a signal ends it.
 */
final class BenchProcesses implements AutoCloseable {
    /** The server's name among the processes. */
    static final String SERVER = "server";

    private static final String CLI = "io.tideline.tools.TidelineCli";

    /**
     * What to start, and what runs already.
     *
     * @param directory for data and logs of what is started; exists
     * @param keep whether the directory is left when the processes have ended, or else deleted
     * @param hbase "host:port" of a running HBase's ZooKeeper; null to start one
     * @param server "host:port" of a running server on that HBase; null to start one
     * @param hbaseHeap as {@code -Xmx} takes it
     * @param search whether the server that is started keeps a search index
     */
    record Arrangement(
            Path directory,
            boolean keep,
            @Nullable String hbase,
            @Nullable String server,
            String hbaseHeap,
            String serverHeap,
            boolean search) {
        Arrangement {
            Objects.requireNonNull(directory, "directory");
            if (server != null && hbase == null) {
                throw new IllegalArgumentException("a running server without its HBase: the baseline needs that too");
            }
        }
    }

    private final Arrangement arrangement;
    private final List<ChildJvm> children = new ArrayList<>();
    private final Map<String, List<String>> flags = new LinkedHashMap<>();
    private final Map<String, ProcessHandle> handles = new LinkedHashMap<>(Map.of("bench", ProcessHandle.current()));
    private final Thread hook = new Thread(this::stop, "bench-stop");
    private String hbase = "";
    private String server = "";

    private BenchProcesses(Arrangement arrangement) {
        this.arrangement = arrangement;
    }

    /** Returns when both answer. */
    static BenchProcesses start(Arrangement arrangement, Consumer<String> progress)
            throws IOException, InterruptedException {
        BenchProcesses processes = new BenchProcesses(arrangement);
        Runtime.getRuntime().addShutdownHook(processes.hook);
        try {
            processes.startHBase(progress);
            processes.startServer(progress);
            return processes;
        } catch (RuntimeException | IOException | InterruptedException e) {
            processes.close();
            throw e;
        }
    }

    private void startHBase(Consumer<String> progress) throws IOException, InterruptedException {
        String running = arrangement.hbase();
        if (running != null) {
            hbase = running;
            return;
        }
        progress.accept("starting HBase in " + arrangement.directory());
        Path data = arrangement.directory().resolve("hbase");
        hbase = start(
                "hbase",
                arrangement.hbaseHeap(),
                "READY zookeeper=",
                EmbeddedHBaseMain.class.getName(),
                List.of("--dir", data.toString()));
    }

    private void startServer(Consumer<String> progress) throws IOException, InterruptedException {
        String running = arrangement.server();
        if (running != null) {
            server = running;
            return;
        }
        progress.accept("starting the server");
        List<String> arguments = new ArrayList<>(List.of("serve", "--hbase-quorum", hbase, "--port", "0"));
        if (arrangement.search()) {
            arguments.add("--search-dir");
            arguments.add(arrangement.directory().resolve("search").toString());
        }
        server = start(SERVER, arrangement.serverHeap(), "READY grpc=", CLI, arguments);
    }

    private String start(String name, String heap, String ready, String mainClass, List<String> arguments)
            throws IOException, InterruptedException {
        ChildJvm child = ChildJvm.start(name, arrangement.directory(), heap, ready, mainClass, arguments);
        synchronized (children) {
            children.add(child);
        }
        flags.put(name, child.flags());
        handles.put(name, child.handle());
        return child.awaitReady();
    }

    /** "host:port" of ZooKeeper. */
    String hbase() {
        return hbase;
    }

    /** Where the HBase keeps its files that was started here; empty for one that ran already. */
    Optional<Path> hbaseDirectory() {
        return arrangement.hbase() == null ? Optional.of(arrangement.directory().resolve("hbase")) : Optional.empty();
    }

    /** "host:port" of the gRPC server. */
    String server() {
        return server;
    }

    /** JVM flags of what was started, by process. */
    Map<String, List<String>> flags() {
        return Map.copyOf(flags);
    }

    /** This process and what was started. */
    CpuMeter cpu() {
        return new CpuMeter(handles);
    }

    private void stop() {
        stopChildren();
        if (!arrangement.keep()) {
            delete(arrangement.directory());
        }
    }

    /** What cannot be deleted stays: the figures are no worse for it. */
    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("not deleted: " + directory + " (" + e.getMessage() + ")");
        }
    }

    private void stopChildren() {
        List<ChildJvm> running;
        synchronized (children) {
            running = new ArrayList<>(children);
            children.clear();
        }
        // The server first: it would log that its HBase is gone.
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).close();
        }
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This JVM is ending: the hook runs, and finds nothing left to stop.
        }
    }
}
