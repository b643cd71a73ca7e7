package io.tideline.hbase.testcluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.master.HMaster;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/** ZooKeeper, HDFS and the master: what lives in the control JVM and ends with it. Used by one thread. */
final class ControlServers {

    private static final Duration MASTER_LIMIT = Duration.ofSeconds(90);

    private final Configuration conf;
    private final int zooKeeperPort;
    private final MiniDFSCluster hdfs;
    private HMaster master;

    private ControlServers(Configuration conf, int zooKeeperPort, MiniDFSCluster hdfs, HMaster master) {
        this.conf = conf;
        this.zooKeeperPort = zooKeeperPort;
        this.hdfs = hdfs;
        this.master = master;
    }

    /** Starts ZooKeeper, then HDFS, then runs {@code hdfsIsUp}, then starts the master without waiting for it. */
    static ControlServers start(Configuration conf, Path work, ThrowingRunnable hdfsIsUp) throws Exception {
        // Name node, data node and every master of this JVM register metrics under the same names.
        DefaultMetricsSystem.setMiniClusterMode(true);
        MiniZooKeeperCluster zooKeeper = new MiniZooKeeperCluster(conf);
        zooKeeper.setTickTime(ClusterConfiguration.TICK_MILLIS);
        int zooKeeperPort = zooKeeper.startup(work.resolve("data/zookeeper").toFile());
        conf.setInt("hbase.zookeeper.property.clientPort", zooKeeperPort);
        MiniDFSCluster hdfs =
                new MiniDFSCluster.Builder(conf).numDataNodes(1).format(true).build();
        hdfs.waitActive();
        conf.set("fs.defaultFS", hdfs.getURI().toString());
        conf.set("hbase.rootdir", hdfs.getURI() + "/hbase");
        hdfsIsUp.run();
        return new ControlServers(conf, zooKeeperPort, hdfs, startMaster(conf));
    }

    interface ThrowingRunnable {
        void run() throws Exception;
    }

    private static HMaster startMaster(Configuration conf) throws IOException {
        HMaster master = new HMaster(conf);
        master.start();
        return master;
    }

    int zooKeeperPort() {
        return zooKeeperPort;
    }

    URI hdfsUri() {
        return hdfs.getURI();
    }

    void awaitMaster() throws Exception {
        Deadline.await("master initialised", MASTER_LIMIT, () -> {
            if (!master.isAlive()) {
                throw new IllegalStateException("the master has ended");
            }
            return master.isInitialized();
        });
    }

    boolean isOnline(RegionServerProcess server) {
        return master.getServerManager().getOnlineServers().keySet().stream()
                .map(ServerName::getAddress)
                .anyMatch(address -> address.getPort() == server.port()
                        && address.getHostName().equals(server.host()));
    }

    void restartMaster() throws Exception {
        master.stop("restart");
        master.join(MASTER_LIMIT.toMillis());
        if (master.isAlive()) {
            throw new IllegalStateException("the master did not stop");
        }
        master = startMaster(conf);
        awaitMaster();
    }

    /** Copies a local file into HDFS, never over another: HBase caches a coprocessor's classes by path. */
    String putJar(Path local, String path) throws IOException {
        if (!Files.isRegularFile(local)) {
            throw new IOException("no such file: " + local);
        }
        FileSystem fileSystem = hdfs.getFileSystem();
        var target = fileSystem.makeQualified(new org.apache.hadoop.fs.Path(path));
        fileSystem.copyFromLocalFile(false, false, new org.apache.hadoop.fs.Path(local.toUri()), target);
        return target.toString();
    }
}
