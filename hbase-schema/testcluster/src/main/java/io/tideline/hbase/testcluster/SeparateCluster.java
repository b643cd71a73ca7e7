package io.tideline.hbase.testcluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts and steers a real HBase in other processes. Needs no HBase on the class path of the test: the class path of
 * the servers stands in the file that the system property {@code tideline.testcluster.classpath} names, written by the
 * build of this module.
 *
 * <p>Logs are kept in {@code target/testcluster/PID-N/logs} below the current directory (or below the directory in the
 * system property {@code tideline.testcluster.work}); the data goes with {@link #close}. If this JVM dies, the
 * processes notice and end by themselves.
 *
 * <p>For one thread at a time. A command that the cluster refuses, or does not answer within its limit (90 s), throws
 * {@link IllegalStateException}.
 */
public final class SeparateCluster implements AutoCloseable {

    /** Names the file with the servers' class path. */
    public static final String CLASS_PATH_PROPERTY = "tideline.testcluster.classpath";

    /** Names the directory for logs and data; optional. */
    public static final String WORK_PROPERTY = "tideline.testcluster.work";

    private static final String MAIN_CLASS = "io.tideline.hbase.testcluster.ClusterMain";
    private static final int CONTROL_HEAP_MEGABYTES = 1024;
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
    private static final Duration END_LIMIT = Duration.ofSeconds(10);
    private static final Pattern READY = Pattern.compile("READY zookeeper=([^:]+):(\\d+) hdfs=(\\S+)");
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final AtomicInteger DIAGNOSED = new AtomicInteger();
    private static final List<SeparateCluster> RUNNING = new CopyOnWriteArrayList<>();

    private final Path work;
    private final Process control;
    private final ControlConnection connection;
    private final String zookeeperQuorum;
    private final int zookeeperPort;
    private final URI hdfsUri;
    private volatile boolean diagnosed;

    /**
     * Every region server ever started. They end with the control process, save one that is suspended while the control
     * process is killed: it cannot notice. A handle knows the start time, so a process id used again does no harm.
     */
    private final List<ProcessHandle> children = new ArrayList<>();

    private SeparateCluster(Path work, Process control, ControlConnection connection, Matcher ready) {
        this.work = work;
        this.control = control;
        this.connection = connection;
        this.zookeeperQuorum = ready.group(1);
        this.zookeeperPort = Integer.parseInt(ready.group(2));
        this.hdfsUri = URI.create(ready.group(3));
        regionServers().forEach(this::remember);
        RUNNING.add(this);
    }

    /**
     * Returns when the master is initialised and all region servers are online, which takes 10 to 30 s.
     *
     * @param regionServers at least 1
     * @param extraClassPath jars or directories appended to the class path of the master and of every region server:
     *     the coprocessors under test
     * @throws IllegalStateException when the class path file is missing, or the cluster does not start within 180 s
     */
    public static SeparateCluster start(int regionServers, List<Path> extraClassPath) {
        if (regionServers < 1) {
            throw new IllegalArgumentException("regionServers: " + regionServers + " (expected: >= 1)");
        }
        String classPath = classPath(extraClassPath);
        Path work = workDirectory();
        Path log = work.resolve("logs/control.log");
        Process control;
        try {
            control = ServerJvm.start(
                    MAIN_CLASS,
                    List.of(work.toString(), Integer.toString(regionServers)),
                    classPath,
                    CONTROL_HEAP_MEGABYTES,
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ControlConnection connection = new ControlConnection(control);
        try {
            return new SeparateCluster(work, control, connection, awaitReady(connection, log));
        } catch (RuntimeException e) {
            connection.end(END_LIMIT);
            connection.close();
            throw e;
        }
    }

    private static Matcher awaitReady(ControlConnection connection, Path log) {
        String line;
        try {
            line = connection.readLine(START_LIMIT);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the test cluster did not start, see " + log, e);
        }
        Matcher ready = READY.matcher(line);
        if (!ready.matches()) {
            throw new IllegalStateException("the test cluster did not start: " + line + ", see " + log);
        }
        return ready;
    }

    static String classPath(List<Path> extra) {
        String file = System.getProperty(CLASS_PATH_PROPERTY);
        if (file == null || !Files.isRegularFile(Path.of(file))) {
            throw new IllegalStateException("system property " + CLASS_PATH_PROPERTY + ": " + file
                    + " (expected: the file target/testcluster.classpath of the module hbase-schema/testcluster;"
                    + " build that module first)");
        }
        try {
            String own = Path.of(SeparateCluster.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
            String servers = Files.readString(Path.of(file)).strip();
            return Stream.concat(Stream.of(own, servers), extra.stream().map(path -> path.toAbsolutePath()
                            .toString()))
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path workDirectory() {
        String name = ProcessHandle.current().pid() + "-" + STARTED.getAndIncrement();
        return Path.of(System.getProperty(WORK_PROPERTY, "target/testcluster"))
                .resolve(name)
                .toAbsolutePath();
    }

    /** The value for {@code hbase.zookeeper.quorum}, without a port. */
    public String zookeeperQuorum() {
        return zookeeperQuorum;
    }

    /** The value for {@code hbase.zookeeper.property.clientPort}. */
    public int zookeeperPort() {
        return zookeeperPort;
    }

    public URI hdfsUri() {
        return hdfsUri;
    }

    /** The directory of the processes' logs, one file each. */
    public Path logs() {
        return work.resolve("logs");
    }

    /** The control process: ZooKeeper, name node, data node and master. */
    public ProcessHandle controlProcess() {
        return control.toHandle();
    }

    /** The region servers whose process lives, suspended ones included, in order of start. */
    public List<RegionServerProcess> regionServers() {
        String answer = connection.ask("rs list", COMMAND_LIMIT);
        return Stream.of(answer.split(" "))
                .filter(text -> !text.isEmpty())
                .map(RegionServerProcess::fromProtocol)
                .toList();
    }

    /** Starts one more region server and returns when the master has heard of it. */
    public RegionServerProcess startRegionServer() {
        RegionServerProcess server = RegionServerProcess.fromProtocol(connection.ask("rs start", COMMAND_LIMIT));
        remember(server);
        return server;
    }

    private void remember(RegionServerProcess server) {
        ProcessHandle.of(server.pid()).ifPresent(children::add);
    }

    /** {@code kill -9}; returns when the process is gone, which is seconds before the master notices. */
    public void killRegionServer(int index) {
        connection.ask("rs kill " + index, COMMAND_LIMIT);
    }

    /** {@code SIGSTOP}: the server keeps its connections and answers nothing; after 4 s its session is over. */
    public void suspendRegionServer(int index) {
        connection.ask("rs stop " + index, COMMAND_LIMIT);
    }

    /** {@code SIGCONT}. */
    public void resumeRegionServer(int index) {
        connection.ask("rs cont " + index, COMMAND_LIMIT);
    }

    /** Stops the master in an orderly way, starts another, and returns when it is initialised. */
    public void restartMaster() {
        connection.ask("master restart", COMMAND_LIMIT);
    }

    /**
     * Copies a jar into HDFS and returns its URI, to be named in a table's coprocessor descriptor.
     *
     * @param hdfsPath absolute, without spaces, and not in use yet: HBase caches a coprocessor's classes by path
     */
    public URI putJar(Path local, String hdfsPath) {
        return URI.create(connection.ask("put-jar " + local.toAbsolutePath() + " " + hdfsPath, COMMAND_LIMIT));
    }

    /**
     * Writes what can be told of each running cluster to {@code diagnosis-N.txt} among its logs: disk space, warnings, busy
     * threads. May take a minute.
     */
    public static List<Path> diagnose() {
        List<Path> written = new ArrayList<>();
        for (SeparateCluster cluster : RUNNING) {
            cluster.diagnosed = true;
            Path file = cluster.logs().resolve("diagnosis-" + DIAGNOSED.incrementAndGet() + ".txt");
            Stream<ProcessHandle> processes = Stream.concat(
                    Stream.of(cluster.controlProcess()),
                    cluster.children.stream().filter(ProcessHandle::isAlive));
            try {
                Files.write(file, ClusterDiagnosis.of(cluster.work, processes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written.add(file);
        }
        return written;
    }

    /** Whether something failed while it was running. */
    public boolean wasDiagnosed() {
        return diagnosed;
    }

    /** Ends all processes and deletes their data; the logs stay. Closing twice does no harm. */
    @Override
    public void close() {
        if (!RUNNING.remove(this)) {
            return;
        }
        connection.end(END_LIMIT);
        connection.close();
        children.forEach(ProcessHandle::destroyForcibly);
        deleteRecursively(work.resolve("data"));
    }

    static void deleteRecursively(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
