package io.tideline.hbase.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.LocalHBaseCluster;
import org.apache.hadoop.hbase.master.HMaster;
import org.apache.hadoop.hbase.regionserver.HRegionServer;
import org.apache.hadoop.hbase.util.JVMClusterUtil.MasterThread;
import org.apache.hadoop.hbase.util.JVMClusterUtil.RegionServerThread;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running HBase inside this process: ZooKeeper, master and one region server on one local directory, reachable on the
 * loopback address only.
 *
 * <p>What it acknowledged survives {@code kill -9} of the process. It does not survive a power loss unless
 * {@link EmbeddedHBaseConfig#syncToDisk} is set.
 */
public final class EmbeddedHBase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedHBase.class);

    private static final long POLL_MILLIS = 5;

    /** How the parts that run are stopped, the last one started on top. */
    private final Deque<Stop> stops;

    private final MasterThread master;
    private final RegionServerThread regionServer;
    private final Path directory;
    private final int zookeeperPort;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedHBase(Deque<Stop> stops, LocalHBaseCluster cluster, Path directory, int zookeeperPort) {
        this.directory = directory;
        this.stops = stops;
        this.master = cluster.getMasters().get(0);
        this.regionServer = cluster.getRegionServers().get(0);
        this.zookeeperPort = zookeeperPort;
    }

    /**
     * Starts everything and returns when the master is initialised and the region server online: tables can be created,
     * and the regions that were there before are opening. Blocks; for a process's main.
     *
     * @throws EmbeddedHBaseException when the directory or the port is taken, or the start fails or takes too long;
     *     what had been started is stopped then, and the directory free again
     */
    public static EmbeddedHBase start(EmbeddedHBaseConfig config) {
        long startNanos = System.nanoTime();
        Deque<Stop> stops = new ArrayDeque<>();
        try {
            EmbeddedHBase started = startServers(config, stops);
            started.awaitReady(startNanos + config.startTimeout().toNanos(), config.startTimeout());
            LOG.info(
                    "HBase ready: directory {}, zookeeper localhost:{}, {} ms",
                    config.directory(),
                    started.zookeeperPort,
                    (System.nanoTime() - startNanos) / 1_000_000);
            return started;
        } catch (IOException | RuntimeException e) {
            throw startFailed(config, stops, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw startFailed(config, stops, e);
        }
    }

    private static EmbeddedHBaseException startFailed(EmbeddedHBaseConfig config, Deque<Stop> stops, Exception cause) {
        EmbeddedHBaseException failure = cause instanceof EmbeddedHBaseException known
                ? known
                : new EmbeddedHBaseException("start failed: " + config.directory(), cause);
        try {
            stopAll(stops);
        } catch (EmbeddedHBaseException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static EmbeddedHBase startServers(EmbeddedHBaseConfig config, Deque<Stop> stops)
            throws IOException, InterruptedException {
        Path directory = config.directory();
        DirectoryLock lock = DirectoryLock.acquire(directory);
        stops.push(lock::close);
        Files.createDirectories(directory.resolve("tmp"));
        // Two servers in one process register the same metrics; without it the second one aborts.
        DefaultMetricsSystem.setMiniClusterMode(true);
        if (!config.syncToDisk()) {
            // ZooKeeper's, and read once: its log then is as durable as everything else here.
            System.setProperty("zookeeper.forceSync", "no");
        }
        Configuration conf = Settings.server(config);
        LocalZooKeeper zookeeper = LocalZooKeeper.start(conf, directory, config.zookeeperPort());
        stops.push(zookeeper::close);
        Settings.zookeeper(conf, zookeeper.port());
        zookeeper.forgetDeadServers(conf);
        LocalHBaseCluster cluster = new LocalHBaseCluster(conf, 1, 1, EmbeddedMaster.class, EmbeddedRegionServer.class);
        stops.push(cluster::shutdown);
        return new EmbeddedHBase(stops, cluster, directory, zookeeper.port());
    }

    private void awaitReady(long deadlineNanos, Duration timeout) throws InterruptedException {
        HMaster activeMaster = master.getMaster();
        HRegionServer onlineServer = regionServer.getRegionServer();
        master.start();
        // Earlier, the region server would find no master, and look again after an interval only.
        await(activeMaster::isActiveMaster, deadlineNanos, timeout);
        regionServer.start();
        await(() -> activeMaster.isInitialized() && onlineServer.isOnline(), deadlineNanos, timeout);
    }

    private void await(BooleanSupplier condition, long deadlineNanos, Duration timeout) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (master.getMaster().isStopped() || regionServer.getRegionServer().isStopped()) {
                throw new EmbeddedHBaseException("start failed: a server stopped itself; its log says why");
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new EmbeddedHBaseException("start timed out: not ready after " + timeout);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** The port clients find it at, on localhost. */
    public int zookeeperPort() {
        return zookeeperPort;
    }

    /** What a client in this process or on this machine connects with; each call makes a new one. */
    public Configuration clientConfiguration() {
        return Settings.client(directory, zookeeperPort);
    }

    /** Returns when HBase has stopped: after {@link #close}, or because one of its servers aborted. */
    public void awaitStopped() throws InterruptedException {
        regionServer.join();
        master.join();
    }

    /**
     * Flushes, stops everything and frees the directory; usually within a second. Blocks. The second call does nothing.
     *
     * @throws EmbeddedHBaseException when a part could not be stopped; the others are, all the same
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stopAll(stops);
        }
    }

    private static void stopAll(Deque<Stop> stops) {
        EmbeddedHBaseException failure = new EmbeddedHBaseException("stop failed");
        while (!stops.isEmpty()) {
            try {
                stops.pop().stop();
            } catch (IOException | RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    @FunctionalInterface
    private interface Stop {
        void stop() throws IOException;
    }
}
