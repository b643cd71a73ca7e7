package io.tideline.hbase.testcluster;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;

/**
 * The settings of the test cluster: loopback only, any free port, and the waits that HBase and HDFS are patient with by
 * default cut short, so that the cluster starts in seconds and a killed region server is noticed and replaced in
 * seconds. The numbers come from measured kills; with the defaults, one kill takes about 90 s.
 */
final class ClusterConfiguration {

    /** A ZooKeeper tick; sessions of 2 ticks and more are allowed. */
    static final int TICK_MILLIS = 500;

    private ClusterConfiguration() {}

    static Configuration create(Path work, int regionServers) {
        Configuration conf = HBaseConfiguration.create();
        conf.setBoolean("hbase.cluster.distributed", true);
        conf.set("hbase.tmp.dir", work.resolve("data/hbase").toString());
        addresses(conf);
        startWaits(conf, regionServers);
        failover(conf);
        hdfs(conf, work);
        return conf;
    }

    private static void addresses(Configuration conf) {
        conf.set("hbase.zookeeper.quorum", "localhost");
        conf.set("hbase.master.hostname", "localhost");
        conf.set("hbase.unsafe.regionserver.hostname", "localhost");
        conf.set("hbase.master.ipc.address", "127.0.0.1");
        conf.set("hbase.regionserver.ipc.address", "127.0.0.1");
        conf.setInt("hbase.master.port", 0);
        conf.setInt("hbase.regionserver.port", 0);
        conf.setInt("hbase.master.info.port", -1);
        conf.setInt("hbase.regionserver.info.port", -1);
    }

    private static void startWaits(Configuration conf, int regionServers) {
        conf.setInt("hbase.server.thread.wakefrequency", 500);
        // Not more than 1: a master that comes back must not wait for a region server that is dead.
        conf.setInt("hbase.master.wait.on.regionservers.mintostart", 1);
        conf.setInt("hbase.master.wait.on.regionservers.maxtostart", regionServers);
        conf.setInt("hbase.master.wait.on.regionservers.timeout", 1000);
        conf.setInt("hbase.master.wait.on.regionservers.interval", 200);
        conf.setInt("hbase.regionserver.handler.count", 10);
        // HBase's default is that of the region servers. Calls of clients that wait for a table while a region server
        // is
        // being replaced must never hold all of them.
        conf.setInt("hbase.master.handler.count", 30);
        conf.setInt("hbase.regionserver.msginterval", 500);
        // The control JVM ends by halt, and its name node must not wait for a master's hook.
        conf.setBoolean("hbase.shutdown.hook", false);
    }

    private static void failover(Configuration conf) {
        conf.setInt("zookeeper.session.timeout", 4000);
        conf.setInt("hbase.zookeeper.property.tickTime", TICK_MILLIS);
        conf.setInt("hbase.zookeeper.property.minSessionTimeout", 2 * TICK_MILLIS);
        conf.setInt("hbase.zookeeper.property.maxSessionTimeout", 180_000);
        conf.setInt("hbase.lease.recovery.first.pause", 200);
        conf.setInt("hbase.lease.recovery.pause", 200);
        conf.setInt("hbase.client.pause", 20);
        conf.setInt("hbase.rpc.timeout", 5000);
        conf.setInt("hbase.ipc.client.failed.servers.expiry", 300);
    }

    private static void hdfs(Configuration conf, Path work) {
        conf.set("hdfs.minidfs.basedir", work.resolve("data/hdfs").toString());
        conf.setInt("dfs.replication", 1);
        // Block recovery, which a WAL split waits for, is ordered in the answer to a heartbeat.
        conf.setInt("dfs.heartbeat.interval", 1);
        conf.setInt("dfs.namenode.safemode.extension", 0);
        conf.setInt("dfs.client.socket-timeout", 10_000);
    }
}
