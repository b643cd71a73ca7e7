package io.tideline.hbase.embedded;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** What an embedded HBase is told, and why where it differs from HBase's defaults. */
final class Settings {

    /**
     * How long the ZooKeeper sessions of master and region server outlive their silence. Long, because they live in one
     * process with ZooKeeper: a session that ends is never a dead server but always a stalled process (a suspended
     * laptop, a long collection), and would abort a healthy one. Dead servers of the last run do not wait for it, see
     * {@link LocalZooKeeper#forgetDeadServers}.
     */
    private static final int SESSION_TIMEOUT_MILLIS = 90_000;

    private Settings() {}

    /** HBase's defaults alone: an {@code hbase-site.xml} on the class path is for another cluster. */
    private static Configuration defaults() {
        Configuration conf = new Configuration(false);
        conf.addResource("core-default.xml");
        conf.addResource("hbase-default.xml");
        return conf;
    }

    static Configuration server(EmbeddedHBaseConfig config) {
        Configuration conf = defaults();
        files(conf, config.directory(), config.syncToDisk());
        network(conf);
        fastStart(conf);
        steadyState(conf);
        return conf;
    }

    /** Knows where HBase's files lie, for jobs that read them. */
    static Configuration client(Path directory, int zookeeperPort) {
        Configuration conf = defaults();
        places(conf, directory);
        zookeeper(conf, zookeeperPort);
        // The server is in this machine: a call that fails because a region moves is worth repeating soon.
        conf.setInt("hbase.client.pause", 20);
        conf.setInt("zookeeper.recovery.retry", 3);
        conf.setInt("zookeeper.recovery.retry.intervalmill", 200);
        return conf;
    }

    static void zookeeper(Configuration conf, int port) {
        conf.set("hbase.zookeeper.quorum", "localhost");
        conf.setInt("hbase.zookeeper.property.clientPort", port);
    }

    private static void files(Configuration conf, Path directory, boolean syncToDisk) {
        places(conf, directory);
        conf.setBoolean("hbase.cluster.distributed", false);
        // So that a file system that could lose acknowledged writes fails the start instead.
        conf.setBoolean("hbase.unsafe.stream.capability.enforce", true);
        conf.setBoolean("hbase.wal.hsync", syncToDisk);
        conf.setBoolean("hbase.master.store.region.wal.hsync", syncToDisk);
        // The owner closes it in order; HBase's own hook would close the region server at the same time.
        conf.setBoolean("hbase.shutdown.hook", false);
    }

    private static void places(Configuration conf, Path directory) {
        conf.set("hbase.rootdir", directory.resolve("hbase").toUri().toString());
        conf.set("hbase.tmp.dir", directory.resolve("tmp").toString());
        conf.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        // A raw one: the checksummed local file system keeps the last part of a chunk in the process.
        conf.set("fs.file.impl", EmbeddedFileSystem.class.getName());
    }

    private static void network(Configuration conf) {
        conf.set("hbase.zookeeper.property.clientPortAddress", "127.0.0.1");
        conf.setInt("hbase.zookeeper.property.maxSessionTimeout", SESSION_TIMEOUT_MILLIS);
        conf.setInt("zookeeper.session.timeout", SESSION_TIMEOUT_MILLIS);
        conf.setInt("hbase.zookeeper.property.maxClientCnxns", 0);
        conf.set("hbase.master.hostname", "localhost");
        conf.set("hbase.unsafe.regionserver.hostname", "localhost");
        conf.set("hbase.master.ipc.address", "127.0.0.1");
        conf.set("hbase.regionserver.ipc.address", "127.0.0.1");
        conf.setInt("hbase.master.port", 0);
        conf.setInt("hbase.regionserver.port", 0);
        conf.setInt("hbase.master.info.port", -1);
        conf.setInt("hbase.regionserver.info.port", -1);
    }

    /** HBase pauses where it expects other machines to be slow; see {@code docs/embedded.md} for what each one cost. */
    private static void fastStart(Configuration conf) {
        conf.setInt("hbase.master.wait.on.regionservers.mintostart", 1);
        conf.setInt("hbase.master.wait.on.regionservers.maxtostart", 1);
        conf.setInt("hbase.regionserver.msginterval", 500);
        conf.setInt("hbase.assignment.dispatch.wait.msec", 5);
        conf.setInt("hbase.procedure.remote.dispatcher.delay.msec", 5);
        conf.setBoolean("hbase.split.wal.zk.coordinated", false);
        conf.setBoolean("hbase.write.hbck1.lock.file", false);
        conf.setBoolean("hbase.mirror.table.state.to.zookeeper", false);
    }

    private static void steadyState(Configuration conf) {
        conf.setInt("hbase.regionserver.handler.count", 30);
        conf.setInt("hbase.regionserver.metahandler.count", 10);
        conf.setInt("hbase.regionserver.replication.handler.count", 1);
        conf.setInt("hbase.master.procedure.threads", 4);
        conf.setInt("hbase.procedure.remote.dispatcher.threadpool.size", 8);
        // Cells in chunks are compared through two more indirections, which costs a third of every insert into a large
        // memstore. Chunks are there to spare old collectors fragmentation; G1 has none to speak of.
        conf.setBoolean("hbase.hregion.memstore.mslab.enabled", false);
        // The heap is shared with the rest of the process: HBase's own 0.4 and 0.4 would leave it a fifth.
        conf.setFloat("hbase.regionserver.global.memstore.size", 0.3f);
        conf.setFloat("hfile.block.cache.size", 0.3f);
        // Files that were compacted away leave the table's directory soon, and with them what was erased: not after
        // minutes.
        conf.setInt("hbase.hfile.compaction.discharger.interval", 10_000);
        // The local disk's block size would roll the log every 32 MB.
        conf.setLong("hbase.regionserver.hlog.blocksize", 256L << 20);
    }
}
