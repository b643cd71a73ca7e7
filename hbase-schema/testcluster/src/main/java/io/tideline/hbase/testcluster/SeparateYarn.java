package io.tideline.hbase.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Starts a real YARN with one node of 2 GB in another process, and ends it. Containers are processes of their own. The
 * default file system is the local one. It is Hadoop 3.3.5 with all its libraries, as they lie on the nodes of a cluster:
 * older ones than the product's, some of them under the same names.
 *
 * <p>Class path and directories are those of {@link SeparateCluster}. If this JVM dies, the process notices, ends its
 * containers and itself.
 */
public final class SeparateYarn implements AutoCloseable {

    private static final String MAIN_CLASS = "io.tideline.hbase.testcluster.YarnMain";
    private static final int HEAP_MEGABYTES = 512;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration END_LIMIT = Duration.ofSeconds(20);

    private final Path work;
    private final Process process;
    private final ControlConnection connection;
    private boolean closed;

    private SeparateYarn(Path work, Process process) {
        this.work = work;
        this.process = process;
        this.connection = new ControlConnection(process);
    }

    /**
     * Returns when jobs can be submitted, which takes 5 to 20 s.
     *
     * @throws IllegalStateException when the class path file is missing, or YARN does not start within 120 s
     */
    public static SeparateYarn start() {
        String classPath = SeparateCluster.classPath(List.of());
        Path work = SeparateCluster.workDirectory();
        Path log = work.resolve("logs/yarn.log");
        SeparateYarn yarn;
        try {
            Files.createDirectories(work.resolve("data"));
            yarn = new SeparateYarn(
                    work, ServerJvm.start(MAIN_CLASS, List.of(work.toString()), classPath, HEAP_MEGABYTES, log, work));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String line;
        try {
            line = yarn.connection.readLine(START_LIMIT);
        } catch (RuntimeException e) {
            yarn.close();
            throw new IllegalStateException("YARN did not start, see " + log, e);
        }
        if (!line.equals(YarnMain.READY)) {
            yarn.close();
            throw new IllegalStateException("YARN did not start: " + line + ", see " + log);
        }
        return yarn;
    }

    /** The directory with {@code yarn-site.xml} and {@code mapred-site.xml} for clients. */
    public Path configuration() {
        return work.resolve("conf");
    }

    /** Resource and node manager. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** What the containers have written until now, one file for each of their streams; gone after {@link #close}. */
    public List<Path> containerLogs() {
        try (Stream<Path> files = Files.walk(work.resolve("target"))) {
            return files.filter(file -> file.toString().contains("/yarn-logDir"))
                    .filter(Files::isRegularFile)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process and its containers and deletes their files; the log stays. Closing twice does no harm. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        connection.end(END_LIMIT);
        connection.close();
        for (String directory : List.of("data", "conf", "target")) {
            if (Files.exists(work.resolve(directory))) {
                SeparateCluster.deleteRecursively(work.resolve(directory));
            }
        }
    }
}
